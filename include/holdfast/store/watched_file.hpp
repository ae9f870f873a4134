// SPDX-License-Identifier: MIT
/// @file
/// Looks whether the files of a store are still those that it has open: what is written to a file without a name is gone.
#pragma once

#include <holdfast/io/file.hpp>

#include <optional>
#include <string>

namespace holdfast {

/// A file that must stay where it is. Nothing is watched by one that was made without a path.
class watched_file {
public:
    watched_file() = default;
    /// @param grows_only  A file that becomes smaller was cut.
    [[gnu::cold]] watched_file(std::string path, bool grows_only) : path_(std::move(path)) {
        if (auto now = state_of(path_)) was_ = *now;
        if (was_ && !grows_only) was_->bytes = 0;
    }

    /// What has become of it; nothing while it is there, or when nobody knows.
    [[nodiscard, gnu::cold]] std::optional<error> gone() const {
        if (!was_) return {};
        auto ok = check_still_there(path_, *was_);
        if (ok || ok.why().code != errc::corrupt) return {};
        return ok.why();
    }

private:
    std::string path_;
    std::optional<file_state> was_;
};

} // namespace holdfast
