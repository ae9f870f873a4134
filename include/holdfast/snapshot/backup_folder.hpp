// SPDX-License-Identifier: MIT
/// @file
/// The folder of the backups: what they are called, which are there, which may go.
#pragma once

#include <holdfast/core/uuid.hpp>
#include <holdfast/io/file.hpp>
#include <holdfast/queue/timeline.hpp>

#include <algorithm>
#include <ctime>
#include <optional>
#include <string>
#include <vector>

namespace holdfast {

/// A backup, as its file's name has it.
struct found_backup {
    std::string path{};
    std::int64_t made_us = 0; ///< UTC, in whole seconds.
    std::uint64_t timeline = 0;
    std::uint64_t applied = 0;
    bool abandoned = false; ///< What it has is not in the past of the timeline that is played.
};

/// "20261121T230500Z-0000000000000000-00000000000000012345.db": when it was made, its timeline, its tick.
[[nodiscard, gnu::cold]] inline std::string backup_name(const found_backup& is) {
    const auto seconds = static_cast<std::time_t>(is.made_us / 1'000'000);
    std::tm utc{};
    ::gmtime_r(&seconds, &utc);
    char name[80];
    std::snprintf(name, sizeof(name), "%04d%02d%02dT%02d%02d%02dZ-%016llx-%020llu.db", (utc.tm_year + 1900) % 10'000,
                  utc.tm_mon + 1, utc.tm_mday, utc.tm_hour, utc.tm_min, utc.tm_sec,
                  static_cast<unsigned long long>(is.timeline), static_cast<unsigned long long>(is.applied));
    return name;
}
/// The opposite; nothing when it is no such name. The path is not filled in.
[[nodiscard, gnu::cold]] inline std::optional<found_backup> parse_backup_name(const std::string& name) {
    std::tm utc{};
    unsigned long long timeline = 0, applied = 0;
    int end = 0;
    if (std::sscanf(name.c_str(), "%4d%2d%2dT%2d%2d%2dZ-%16llx-%20llu.db%n", &utc.tm_year, &utc.tm_mon, &utc.tm_mday,
                    &utc.tm_hour, &utc.tm_min, &utc.tm_sec, &timeline, &applied, &end) != 8 ||
        static_cast<std::size_t>(end) != name.size())
        return {};
    utc.tm_year -= 1900;
    utc.tm_mon -= 1;
    return found_backup{{}, static_cast<std::int64_t>(::timegm(&utc)) * 1'000'000, timeline, applied};
}

/// The backups in a folder, the newest last: that with the highest tick.
/// @param known  By which one can tell those that are abandoned.
[[nodiscard, gnu::cold]] inline result<std::vector<found_backup>> backups_in(const std::string& folder,
                                                                             const timelines& known = {}) {
    auto names = names_in(folder);
    if (!names) return names.why();
    std::vector<found_backup> found;
    for (const std::string& name : *names)
        if (auto one = parse_backup_name(name)) {
            one->path = words({folder, "/", name});
            one->abandoned = known.shared(one->timeline, known.newest().id).value_or(0) < one->applied;
            const auto later =
                std::upper_bound(found.begin(), found.end(), one->applied,
                                 [](std::uint64_t at, const found_backup& of) { return at < of.applied; });
            found.insert(later, std::move(*one));
        }
    return found;
}

/// Whose backups are in a folder; a nil id: it does not say.
struct backup_owner {
    uuid id{};
    std::string path{};
};

namespace detail {

[[nodiscard, gnu::cold]] inline std::string owner_file(const std::string& backups) {
    return words({backups, "/owner"});
}

} // namespace detail

/// Errors: `io`; `corrupt`: what says so cannot be read.
[[nodiscard, gnu::cold]] inline result<backup_owner> owner_of_backups(const std::string& folder) {
    const auto text = read_text(detail::owner_file(folder));
    if (!text && text.why().code == errc::not_found) return backup_owner();
    if (!text) return text.why();
    constexpr std::size_t id = 36; // characters
    const auto is = uuid::parse(std::string_view(*text).substr(0, id));
    if (!is || text->size() < id + 2 || (*text)[id] != ' ' || !text->ends_with("\n"))
        return error{errc::corrupt, words({detail::owner_file(folder), ": it is no id and path: remove it, when the "
                                                                       "backups beside it are this database's"})};
    return backup_owner{*is, text->substr(id + 1, text->size() - id - 2)};
}

/// Whether the backups in a folder are this database's.
/// @param path  Of the database, as `canonical_path` gives it.
/// @param id    Its id; nil: it is not known, and the path decides.
/// Errors: `mismatch`: they are another one's; those of `owner_of_backups`.
[[nodiscard, gnu::cold]] inline result<void> check_backup_owner(const std::string& folder, const std::string& path,
                                                                const uuid& id) {
    auto is = owner_of_backups(folder);
    if (!is) return is.why();
    if (is->id.is_nil() || (id.is_nil() ? is->path == path : is->id == id)) return {};
    return error{errc::mismatch, words({path, ": the backups in ", folder, " are of another database, ", is->path, " (",
                                        is->id.to_string(),
                                        "): name another folder (options::backups), or move them away; if that "
                                        "database is this one, and was moved, remove ",
                                        detail::owner_file(folder)})};
}
/// The folder is this database's from here on.
/// @param chosen  The folder is not the one that goes by the database's path: a copy of the database could share it.
/// Errors: as `check_backup_owner`, `full`; also `mismatch`: there still is a database where the owner was.
[[nodiscard, gnu::cold]] inline result<void> claim_backups(const std::string& folder, const std::string& path,
                                                           const uuid& id, bool chosen) {
    if (auto ok = check_backup_owner(folder, path, id); !ok) return ok;
    auto is = owner_of_backups(folder);
    if (!is) return is.why();
    if (is->path == path) return {};
    if (chosen && !is->path.empty() && state_of(is->path)) return check_backup_owner(folder, path, {});
    if (auto ok = make_folder(folder); !ok) return ok;
    return write_text(detail::owner_file(folder), words({id.to_string(), " ", path, "\n"}));
}

/// How long backups are kept, in microseconds.
struct backup_ages {
    std::int64_t all = 0;    ///< Every one is kept for so long,
    std::int64_t daily = 0;  ///< and the first one of each day (UTC) for so long.
    std::int64_t window = 0; ///< The newest one that is older than this is kept: the log goes on from it.
};

/// The newest one that is not abandoned, and, with an age, the newest that is so old. Null: there is none.
/// @param all  As `backups_in` gives them.
[[nodiscard, gnu::cold]] inline const found_backup* newest_backup(const std::vector<found_backup>& all,
                                                                  std::int64_t made_until_us = INT64_MAX) {
    const found_backup* found = nullptr;
    for (const found_backup& one : all)
        if (!one.abandoned && one.made_us <= made_until_us) found = &one;
    return found;
}
/// The first backup that a restore within the window may need: the newest that is older, or the oldest. Null: there is none.
/// @param all  As `backups_in` gives them.
[[nodiscard, gnu::cold]] inline const found_backup* base_backup(const std::vector<found_backup>& all,
                                                                std::int64_t now_us, std::int64_t window) {
    if (const found_backup* base = newest_backup(all, now_us - window)) return base;
    for (const found_backup& one : all)
        if (!one.abandoned) return &one;
    return nullptr;
}

/// Those that are kept no longer. The newest is never one of them. Those that are abandoned are kept as long as others.
[[nodiscard, gnu::cold]] inline std::vector<found_backup>
backups_to_remove(const std::vector<found_backup>& all, std::int64_t now_us, const backup_ages& keep) {
    std::vector<found_backup> gone;
    constexpr std::int64_t day = 86'400'000'000;
    const found_backup* base = base_backup(all, now_us, keep.window);
    const found_backup* newest = newest_backup(all);
    for (const found_backup& one : all) {
        const std::int64_t age = now_us - one.made_us;
        const bool first_of_day = std::none_of(all.begin(), all.end(), [&](const found_backup& other) {
            return other.abandoned == one.abandoned && other.made_us / day == one.made_us / day &&
                   other.applied < one.applied;
        });
        const bool kept = age <= keep.all || (first_of_day && age <= keep.daily);
        if (!kept && &one != base && &one != newest) gone.push_back(one);
    }
    return gone;
}

} // namespace holdfast
