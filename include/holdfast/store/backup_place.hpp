// SPDX-License-Identifier: MIT
/// @file
/// Where the backups of a database are, and the sign there that one is wanted.
#pragma once

#include <holdfast/io/file.hpp>
#include <holdfast/io/owner_lock.hpp>
#include <holdfast/store/options.hpp>

#include <string>

namespace holdfast {

/// Where the backups of a database are, whatever the working directory becomes.
[[nodiscard, gnu::cold]] inline std::string backup_folder(const std::string& path, const backup_options& chosen) {
    if (chosen.folder.empty()) return words({path, ".backups"});
    auto in = canonical_path(chosen.folder);
    if (!in && chosen.folder[0] != '/')
        if (auto here = canonical_path("."); here) in = words({*here, "/", chosen.folder});
    return words({in ? *in : chosen.folder, "/", std::string_view(path).substr(path.rfind('/') + 1), ".backups"});
}

/// There while a backup is wanted that is not made yet, so that the next process makes it.
[[nodiscard, gnu::cold]] inline std::string backup_wish_file(const std::string& folder) {
    return words({folder, "/wanted"});
}
/// Durable: a backup is made as soon as one can be. Errors: `full`, `io`.
[[nodiscard, gnu::cold]] inline result<void> wish_for_backup(const std::string& folder) {
    if (auto ok = make_folder(folder); !ok) return ok;
    auto made = file::create(backup_wish_file(folder));
    return made ? sync_folder(folder) : result<void>(made.why());
}

} // namespace holdfast
