// SPDX-License-Identifier: MIT
/// @file
/// What is done about a database that is damaged or gone: the newest backup that verifies takes its place, and the log
/// goes on from there; a bad backup leads to the one before it. Nothing is deleted.
#pragma once

#include <holdfast/io/clock.hpp>
#include <holdfast/snapshot/backup_file.hpp>
#include <holdfast/snapshot/backup_folder.hpp>
#include <holdfast/store/backup_keeper.hpp>
#include <holdfast/store/known_timelines.hpp>
#include <holdfast/store/restore_intent.hpp>
#include <holdfast/store/trusted_pages.hpp>

#include <algorithm>
#include <string>
#include <vector>

namespace holdfast {

/// See the file's sentence. Threads: the one that opens, which has the database's lock.
class recovery_ladder {
public:
    explicit recovery_ladder(const options& chosen) : options_(chosen) {}

    /// Whether there is a database, or something that `begin` could make one of. Threads: any; no lock is asked for.
    [[nodiscard, gnu::cold]] static bool may_find(const std::string& path, const options& chosen) {
        for (const char* end : {"", ".restore-intent"}) {
            const auto is = state_of(path + end);
            if (is || is.why().code != errc::not_found) return true;
        }
        const auto backups = backups_in(backup_folder(path, chosen.backups));
        return !backups || !backups->empty();
    }
    /// Before the database is opened: finishes what a process that is gone has begun, and looks whether there is one.
    /// @param path  Of the database, as `canonical_path` gives it.
    [[nodiscard, gnu::cold]] result<void> begin(const std::string& path) {
        path_ = path;
        folder_ = backup_folder(path_, options_.backups);
        intent_ = restore_intent(path_);
        auto finished = intent_.finish();
        if (!finished) return finished.why();
        if (!finished->empty()) {
            set_aside_ = state_of(*finished) ? *finished : std::string();
            say(log_level::warning,
                words({path_, ": finished what a process before had begun: another file is in its place now",
                       set_aside_.empty() ? "" : "; what was there is kept as ", set_aside_}));
        }
        const auto is = state_of(path_);
        if (is && is->bytes > 1) return {}; // SQLite takes a single byte for none
        if (!is && is.why().code != errc::not_found) return is.why();
        const auto backups = backups_in(folder_);
        if (!backups || backups->empty()) return backups ? result<void>() : result<void>(backups.why());
        return climb({errc::not_found, words({path_, is ? ": it is empty" : ": it is not there"})});
    }
    /// Opening has failed. When that is because the database is damaged, and a backup has taken its place, it is to be
    /// opened again. Errors: otherwise the same, with what was tried.
    [[nodiscard, gnu::cold]] result<void> mend(const error& why) {
        if (why.code != errc::corrupt || is_whole(why)) return why;
        return climb(why);
    }

    /// What was done; empty: nothing was to be.
    [[nodiscard]] const std::vector<std::string>& steps() const noexcept { return steps_; }
    /// The backup that took the database's place, and what the database is called now; empty: none did.
    [[nodiscard]] const std::string& backup() const noexcept { return backup_; }
    [[nodiscard]] const std::string& set_aside() const noexcept { return set_aside_; }

private:
    /// Whether nothing is wrong with the database, by the rules that it is opened by: it is something else then.
    [[nodiscard, gnu::cold]] bool is_whole(const error& why) const {
        auto db = sqlite::connection::open(path_, sqlite::connection::mode::existing);
        if (!db) return db.why().code != errc::corrupt;
        (void)db->checkpoint_on_close(false);
        auto ok = db->set_pragma("locking_mode", "EXCLUSIVE", "exclusive");
        if (ok) ok = trusted_pages().check(*db, why);
        return ok || ok.why().code != errc::corrupt;
    }
    [[gnu::cold]] void say(log_level level, const std::string& what) {
        steps_.push_back(what);
        if (options_.log) options_.log(level, what);
    }

    [[nodiscard, gnu::cold]] result<void> climb(const error& why) {
        const auto known = known_timelines(words({path_, ".log"}), folder_);
        if (!known) return known.why();
        auto all = backups_in(folder_, *known);
        if (!all) return all.why();
        if (all->empty()) return why;
        if (auto ok = options_.backups.folder.empty() ? result<void>() : check_backup_owner(folder_, path_, {}); !ok)
            return ok;
        const auto owner = owner_of_backups(folder_);
        if (!owner) return owner.why();
        say(log_level::error, why.detail);
        std::string last;
        for (; !all->empty(); all->pop_back()) {
            const std::string& from = all->back().path;
            if (all->back().abandoned) continue;
            if (std::find(tried_.begin(), tried_.end(), from) != tried_.end()) continue;
            tried_.push_back(from);
            auto is = verify_found(all->back(), owner->id);
            if (is) return put_in_place(from, *is);
            const bool damaged = is.why().code == errc::corrupt;
            last = is.why().detail;
            say(log_level::error, words({damaged ? "a backup is damaged, too: " : "a backup cannot be read: ", last}));
        }
        return error{why.code, words({why.detail, "; there is no backup left that is whole in ", folder_,
                                      last.empty() ? "" : ": ", last})};
    }
    [[nodiscard, gnu::cold]] result<void> put_in_place(const std::string& from, const backup_manifest& is) {
        const std::string to = intent_.replacement();
        if (auto ok = sqlite::remove_database(to); !ok) return ok;
        if (auto ok = copy_file(from, to); !ok) return ok;
        auto ids = ids_in_doubt();
        if (!ids) return ids.why();
        if (auto ok = unseal_backup(to, *ids); !ok) return ok;
        const clock& time = options_.time != nullptr ? *options_.time : machine_clock();
        auto aside = intent_.make("damaged", time.wall_us());
        if (!aside) return aside.why();
        backup_ = from;
        set_aside_ = state_of(*aside) ? *aside : std::string();
        say(log_level::warning, words({path_, ": in its place is now the backup of tick ", is.applied, ", ", from,
                                       set_aside_.empty() ? "" : "; what was there is kept as ", set_aside_}));
        return {};
    }

    /// Each process leases a block of ids from the database that is lost. Its log has a lease with its first id; when ticks
    /// are lost, too, none. Every process has begun a segment, with the next number, and what is kept of them goes back to
    /// the newest backup at least.
    [[nodiscard, gnu::cold]] result<std::uint64_t> ids_in_doubt() const {
        std::uint64_t first = UINT64_MAX, last = 0;
        const std::string log = words({path_, ".log"});
        for (const std::string& folder : {log, archive_of(log)}) {
            const auto names = names_in(folder);
            if (!names) return names.why();
            for (const std::string& name : *names) {
                if (!is_segment_name(name)) continue;
                first = std::min(first, segment_number(name));
                last = std::max(last, segment_number(name));
            }
        }
        constexpr std::uint64_t most = std::uint64_t{1} << 40; // a file with such a name is somebody's
        const std::uint64_t processes = last == 0 ? 1 : std::min(last - first, most) + 2;
        return processes * static_cast<std::uint64_t>(id_lease);
    }

    std::string path_;
    const options& options_;
    std::string folder_;
    restore_intent intent_{{}};
    std::vector<std::string> tried_;
    std::vector<std::string> steps_;
    std::string backup_;
    std::string set_aside_;
};

} // namespace holdfast
