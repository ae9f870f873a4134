// SPDX-License-Identifier: MIT
/// @file
/// Puts another file in the place of a database, with whatever belongs to the old one set aside, so that a process that
/// dies in the middle leaves what the next one finishes.
///
/// A database must never stand beside the WAL of another one: SQLite would take its pages. So the steps are written down,
/// in `<database>.restore-intent`, before the first is made:
///
///     holdfast restore intent 1
///     aside damaged-20261121T230500Z
#pragma once

#include <holdfast/sqlite/database_files.hpp>
#include <holdfast/store/trusted_pages.hpp>

#include <ctime>
#include <string>

namespace holdfast {

/// See the file's sentence. Threads: the one that has the database's lock.
class restore_intent {
public:
    /// @param path  Of the database.
    explicit restore_intent(const std::string& path) : path_(path) {}

    /// Where the file must be that takes the database's place, synced, before `make`.
    [[nodiscard]] std::string replacement() const { return words({path_, ".restored"}); }

    /// Makes it the database. What the old one is called from here on: `<database>.<what>-<time>`; its WAL likewise.
    /// @param what  What it is, in a word.
    /// Errors: `full`, `io`: `finish` goes on where it stopped.
    [[nodiscard, gnu::cold]] result<std::string> make(std::string_view what, std::int64_t wall_us) {
        std::string time = "now";
        const auto seconds = static_cast<std::time_t>(wall_us / 1'000'000);
        std::tm utc{};
        char digits[40];
        if (::gmtime_r(&seconds, &utc) != nullptr && std::strftime(digits, sizeof(digits), "%Y%m%dT%H%M%SZ", &utc) != 0)
            time = digits;
        std::string aside = words({what, "-", time});
        auto taken = is_taken(aside);
        for (int again = 2; taken && *taken; ++again) taken = is_taken(aside = words({what, "-", time, "-", again}));
        if (!taken) return taken.why();
        if (auto ok = write_text(name(), words({first_line, "\naside ", aside, "\n"})); !ok) return ok.why();
        if (auto ok = go_on(aside); !ok) return ok.why();
        return aside_name("", aside);
    }
    /// Goes on with what a process has begun that is gone; when it has not come to that, removes what it has made.
    /// @return  What the old database is called now, as `make`; empty: nothing was begun.
    /// Errors: `corrupt`: nobody knows what it wanted; `full`, `io`.
    [[nodiscard, gnu::cold]] result<std::string> finish() {
        const auto found = read_text(name());
        if (!found && found.why().code == errc::not_found) {
            if (auto ok = remove_prepared(); !ok) return ok.why();
            return std::string();
        }
        if (!found) return found.why();
        const std::string& text = *found;
        const std::string before = words({first_line, "\naside "});
        if (!text.starts_with(before) || !text.ends_with("\n") || text.find('/') != std::string::npos)
            return error{errc::corrupt,
                         words({name(), ": it does not say what was begun: look at ", replacement(), " and ", path_,
                                ".*, decide which is the database, and "
                                "remove it"})};
        const std::string aside = text.substr(before.size(), text.size() - before.size() - 1);
        if (auto ok = go_on(aside); !ok) return ok.why();
        return aside_name("", aside);
    }

private:
    static constexpr const char* first_line = "holdfast restore intent 1";

    [[nodiscard]] std::string name() const { return words({path_, ".restore-intent"}); }
    [[nodiscard]] std::string aside_name(const char* end, const std::string& aside) const {
        return words({path_, ".", aside, end});
    }
    /// Whether a file is called so that was set aside before: a WAL may have been alone.
    [[nodiscard, gnu::cold]] result<bool> is_taken(const std::string& aside) const {
        for (const char* end : sqlite::database_ends) {
            const auto is = state_of(aside_name(end, aside));
            if (is) return true;
            if (is.why().code != errc::not_found) return is.why();
        }
        return false;
    }
    [[nodiscard, gnu::cold]] result<void> remove_prepared() const {
        for (const std::string& one : {words({name(), ".new"}), replacement(), words({replacement(), ".new"})})
            if (auto ok = sqlite::remove_database(one); !ok) return ok;
        return {};
    }
    /// Each step is passed over when it was made.
    [[nodiscard, gnu::cold]] result<void> go_on(const std::string& aside) {
        const auto is = state_of(replacement());
        if (!is && is.why().code != errc::not_found) return is.why();
        if (is) {
            for (const char* end : sqlite::database_ends) {
                const std::string from = path_ + end;
                if (system_call::rename(from, aside_name(end, aside)) != 0 && errno != ENOENT)
                    return os_error("cannot set aside", from, errno);
            }
            if (auto ok = trusted_pages::forget_others(path_); !ok) return ok;
            if (auto ok = rename_synced(replacement(), path_); !ok) return ok;
        }
        if (auto ok = remove_file(name()); !ok) return ok;
        return sync_folder(folder_of(path_));
    }

    std::string path_;
};

} // namespace holdfast
