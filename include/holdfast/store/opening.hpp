// SPDX-License-Identifier: MIT
/// @file
/// A database that is being opened: owned, and mended when it turns out to be damaged, until it can be used.
#pragma once

#include <holdfast/store/database.hpp>
#include <holdfast/store/ladder.hpp>

#include <utility>

namespace holdfast {

/// See the file's sentence. Threads: the one that opens.
class opening {
public:
    /// Lifetime: of both a view.
    opening(const std::string& path, const options& chosen) : asked_(path), options_(chosen), ladder_(chosen) {}

    /// Opens the database, for the first time or again. Errors: `open_database`'s; `mend` says whether to try again.
    [[nodiscard, gnu::cold]] result<database> open() {
        if (path_.empty()) {
            auto path = own_database(asked_, options_, owner_);
            if (!path) return path.why();
            path_ = std::move(*path);
            if (path_ != ":memory:")
                if (auto ok = ladder_.begin(path_); !ok) return ok.why();
        }
        return open_database(path_, options_);
    }
    /// Whether it is to be opened once more, now that something was done about the error. Errors: nothing was, or can be.
    [[nodiscard, gnu::cold]] result<void> mend(const error& why) {
        return !path_.empty() && path_ != ":memory:" ? ladder_.mend(why) : result<void>(why);
    }
    /// Whoever has the database from here on is its owner.
    [[nodiscard]] owner_lock take_owner() noexcept { return std::move(owner_); }
    /// What was done so far.
    [[nodiscard]] const recovery_ladder& ladder() const noexcept { return ladder_; }

private:
    const std::string& asked_;
    const options& options_;
    std::string path_;
    owner_lock owner_;
    recovery_ladder ladder_;
};

} // namespace holdfast
