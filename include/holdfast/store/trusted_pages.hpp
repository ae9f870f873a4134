// SPDX-License-Identifier: MIT
/// @file
/// Whether the pages of a database can be trusted: damage is told from what another program has written, which keeps no
/// checksums; and what that program wrote gets checksums once SQLite has found nothing wrong with it.
#pragma once

#include <holdfast/sqlite/integrity.hpp>
#include <holdfast/sqlite/last_writer.hpp>
#include <holdfast/sqlite/lost_pages.hpp>
#include <holdfast/store/options.hpp>

#include <functional>
#include <string>

namespace holdfast {

/// See the file's sentence. Each step is called when its time has come. Threads: one.
class trusted_pages {
public:
    trusted_pages() = default;

    /// Before SQLite has read anything. Errors: `corrupt`, `io`.
    [[nodiscard, gnu::cold]] result<void> look(const sqlite::connection& db,
                                               std::function<void(log_level, std::string_view)> log) {
        auto found = sqlite::last_writer_of(db);
        if (!found) return found.why();
        written_by_ = *found;
        log_ = std::move(log);
        if (in_doubt()) sqlite::checked_file_of(db.get())->verify = false;
        return {};
    }

    /// Once it is known whether a store has made the file. Nothing is written.
    /// Errors: `corrupt`: SQLite finds damage, or the file of somebody else has other things where checksums would be.
    /// Cost: when somebody else has written, that of an integrity check.
    [[nodiscard, gnu::cold]] result<void> judge(sqlite::connection& db, const std::string& path, bool ours) {
        if (!in_doubt()) return {};
        if (!ours) return expect_checksums(db, path);
        written_by_ = sqlite::last_writer::others;
        auto ok = sqlite::check_integrity(db, sqlite::check_depth::thorough);
        if (ok || ok.why().code != errc::corrupt) return ok;
        return error{errc::corrupt, words({path, ": another program has written to it, and it is damaged: ",
                                           ok.why().detail, ": restore a backup"})};
    }

    /// Whether the file is damaged, after opening it has failed with `why`: as far as SQLite can tell, and by every page's
    /// checksum when one of ours was wrong. Nothing is written. Errors: `corrupt`: it is; otherwise nobody knows.
    /// Cost: reads all of it.
    [[nodiscard, gnu::cold]] result<void> check(sqlite::connection& db, const error& why) {
        if (auto ok = look(db, {}); !ok) return ok;
        if (auto ok = sqlite::check_integrity(db, sqlite::check_depth::thorough); !ok) return ok;
        if (why.detail.find("wal_checkpoint") != std::string::npos) return why; // it is too short for what its WAL says
        if (const sqlite::checked_file* file = sqlite::checked_file_of(db.get()); file != nullptr)
            if (auto ok = sqlite::check_for_cut(*file); !ok) return ok;
        const bool checksum = !in_doubt() && why.detail.find(sqlite::wrong_checksum) != std::string::npos;
        return checksum ? check_pages(db) : result<void>(); // a page that the WAL makes up for is none of these
    }

    /// Before the first byte is written. Sets the connection up for writing; a second call does nothing else.
    /// @param clean  It was closed: what nobody reads now, as indexes, is verified when it is read; unless there is a WAL.
    [[nodiscard, gnu::cold]] result<void> set_up(sqlite::connection& db, const std::string& path, bool clean) {
        // Before anything: any commit may write a WAL back, and so may the end of the connection.
        if (const sqlite::checked_file* file = sqlite::checked_file_of(db.get()); file != nullptr && !set_up_)
            if (auto ok = sqlite::check_for_cut(*file); !ok) return ok;
        // A WAL that is gone without `sqlite::mark_closed` would be another program's doing; so only where nothing is
        // marked SQLite may remove it when the connection ends.
        if (written_by_ != sqlite::last_writer::us && written_by_ != sqlite::last_writer::others)
            if (auto ok = db.checkpoint_on_close(true); !ok) return ok;
        if (written_by_ == sqlite::last_writer::no_checksums || written_by_ == sqlite::last_writer::not_marked)
            return sqlite::set_up(db, path == ":memory:");
        if (set_up_) return {};
        const bool others = written_by_ == sqlite::last_writer::others;
        const auto noted = state_of(note_of_others(path)); // by a process that was killed then
        if (!noted && noted.why().code != errc::not_found) return noted.why();
        const auto wal = sqlite::detail::has_bytes(words({path, "-wal"}));
        if (!wal) return wal.why();
        changed_by_others_ = bool(noted) || (others && *wal); // nobody knows who wrote that
        if (others)
            if (auto ok = take_over(db, path); !ok) return ok;
        if (auto ok = sqlite::set_up_marked(db); !ok) return ok;
        set_up_ = true;
        if ((clean && !*wal) || others || written_by_ == sqlite::last_writer::nobody) return {};
        return verify_all(db);
    }

    /// Whether somebody else has changed the file, so that no log has all that it has. Only after `set_up`, and in the next
    /// process, too, until `forget_others`.
    [[nodiscard]] bool changed_by_others() const noexcept { return changed_by_others_; }
    /// The database itself says, durably, that a tick is not in its log; or another file takes its place. Errors: `io`.
    [[nodiscard, gnu::cold]] static result<void> forget_others(const std::string& path) {
        if (auto ok = remove_file(note_of_others(path)); !ok) return ok;
        return sync_folder(folder_of(path));
    }

private:
    [[nodiscard, gnu::cold]] static std::string note_of_others(const std::string& path) {
        return words({path, ".changed-by-others"});
    }
    [[nodiscard]] bool in_doubt() const noexcept {
        return written_by_ == sqlite::last_writer::others || written_by_ == sqlite::last_writer::not_marked;
    }

    [[nodiscard, gnu::cold]] result<void> expect_checksums(sqlite::connection& db, const std::string& path) {
        sqlite::checked_file& file = *sqlite::checked_file_of(db.get());
        auto wrong = sqlite::wrong_pages(file, file.page_bytes);
        if (!wrong) return wrong.why();
        file.verify = true;
        written_by_ = sqlite::last_writer::not_marked;
        if (wrong->empty()) return {};
        return error{errc::corrupt, words({path, ": 8 bytes are reserved on every page, and those of ", wrong->size(),
                                           " pages, page ", wrong->front(),
                                           " among them, are no checksums: restore a backup; or, when another "
                                           "extension of SQLite uses them, copy the tables into a file without"})};
    }

    /// What stands in a WAL comes to the file with checksums. Then no other program's page is left, and only a note in a
    /// file beside it says that there were some.
    [[nodiscard, gnu::cold]] result<void> take_over(sqlite::connection& db, const std::string& path) {
        if (auto ok = write_text(note_of_others(path), "another program has written to the database\n"); !ok) return ok;
        if (auto ok = sqlite::detail::write_back(db); !ok) return ok;
        sqlite::checked_file& file = *sqlite::checked_file_of(db.get());
        auto written = sqlite::write_checksums_anew(file, file.page_bytes);
        if (!written) return written.why();
        file.verify = true;
        if (auto ok = remove_file(words({path, "-shm"})); !ok) return ok;
        if (*written == 0 && !changed_by_others_) return forget_others(path);
        changed_by_others_ = true;
        if (auto ok = sync_folder(folder_of(path)); !ok) return ok;
        if (log_)
            log_(log_level::warning,
                 words({path, ": another program has written to it: SQLite finds nothing wrong, and ", *written,
                        " pages got new checksums"}));
        return {};
    }

    /// Of what a kill has left, before anything is added to it.
    [[nodiscard, gnu::cold]] static result<void> verify_all(sqlite::connection& db) {
        if (auto ok = sqlite::detail::write_back(db); !ok) return ok;
        return check_pages(db);
    }
    /// Also those that no table and no index has: SQLite reads them when it fills them again.
    [[nodiscard, gnu::cold]] static result<void> check_pages(sqlite::connection& db) {
        const sqlite::checked_file& file = *sqlite::checked_file_of(db.get());
        auto wrong = sqlite::wrong_pages(file, file.page_bytes);
        if (!wrong) return wrong.why();
        if (!wrong->empty()) return sqlite::wrong_page(file.path, wrong->front());
        return {};
    }

    sqlite::last_writer written_by_ = sqlite::last_writer::no_checksums;
    bool set_up_ = false;
    bool changed_by_others_ = false;
    std::function<void(log_level, std::string_view)> log_{};
};

} // namespace holdfast
