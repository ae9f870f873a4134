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
        if (asked_ == ":memory:") path_ = asked_;
        if (path_.empty())
            if (auto ok = begin(); !ok) return ok.why();
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
    /// Finds the place of the database, becomes its owner, and lets a backup take the place of one that is gone. Only then
    /// one that is not there is refused, if the options say so; at once, before any file is made, when nothing could.
    [[nodiscard, gnu::cold]] result<void> begin() {
        auto place = detail::find_place(asked_);
        if (!place) return place.why();
        const bool refuse = options_.missing == if_missing::refuse;
        const error missing{errc::not_found, words({*place, " is not there, and the options say not to create it"})};
        if (refuse && !recovery_ladder::may_find(*place, options_)) return missing;
        if (auto ok = detail::check_file_systems(*place, options_); !ok) return ok;
        auto lock = owner_lock::take(words({*place, ".lock"}));
        if (!lock) return lock.why();
        owner_ = std::move(*lock);
        if (auto ok = ladder_.begin(*place); !ok) return ok;
        if (refuse && !state_of(*place)) return missing;
        path_ = std::move(*place);
        return {};
    }

    const std::string& asked_;
    const options& options_;
    std::string path_;
    owner_lock owner_;
    recovery_ladder ladder_;
};

} // namespace holdfast
