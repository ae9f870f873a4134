// SPDX-License-Identifier: MIT
/// @file
/// The tables that are tortured: players, their guilds, what they own, what they send each other; and what was done.
///
///     guilds <-set null- players <-cascade- mails <-cascade- items -cascade-> players
#pragma once

#include <holdfast/world.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace torture {

namespace hf = holdfast;

struct guild {
    std::int64_t id = 0;
    std::string name{};
    std::int64_t gold = 0;
};

struct player {
    std::int64_t id = 0;
    std::string name{};
    std::int32_t level = 1;
    std::int64_t gold = 0;
    std::optional<std::int64_t> guild{};
    double x = 0;
    std::string note{};
};

struct mail {
    std::int64_t id = 0;
    std::int64_t to = 0;
    std::optional<std::int64_t> sender{};
    std::int64_t gold = 0;
    std::string text{};
};

struct item {
    std::int64_t id = 0;
    std::optional<std::int64_t> owner{}; ///< Who has it; or
    std::optional<std::int64_t> mail{};  ///< what it was sent with.
    std::string kind{};

    static bool in_one_place(std::optional<std::int64_t> owner, std::optional<std::int64_t> mail) {
        return owner.has_value() != mail.has_value();
    }
};

/// One for each tick: a tick that were applied twice would be seen.
struct event {
    std::int64_t tick = 0;
    std::int32_t actions = 0;
};

struct world {
    hf::table<guild, hf::primary_key<&guild::id>, hf::auto_id<&guild::id>, hf::unique<&guild::name>,
              hf::at_least<&guild::gold, 0>>
        guilds;
    hf::table<player, hf::primary_key<&player::id>, hf::auto_id<&player::id>, hf::unique<&player::name>,
              hf::at_least<&player::gold, 0>, hf::at_most<&player::level, 60>,
              hf::references<&player::guild, &guild::id, "guilds", hf::on_delete::set_null>>
        players;
    hf::table<mail, hf::primary_key<&mail::id>, hf::auto_id<&mail::id>, hf::at_least<&mail::gold, 0>,
              hf::references<&mail::to, &player::id, "players", hf::on_delete::cascade>,
              hf::references<&mail::sender, &player::id, "players", hf::on_delete::set_null>>
        mails;
    hf::table<item, hf::primary_key<&item::id>, hf::auto_id<&item::id>,
              hf::references<&item::owner, &player::id, "players", hf::on_delete::cascade>,
              hf::references<&item::mail, &mail::id, "mails", hf::on_delete::cascade>,
              hf::check<"in one place", &item::in_one_place, &item::owner, &item::mail>>
        items;
    hf::append_only<event> events;
};

/// Calls `fn(name, field)` for each field of a row.
template <class Row, class Function> void each_field(Row& row, Function fn) {
    using plain = std::remove_const_t<Row>;
    fn("id", row.id);
    if constexpr (std::is_same_v<plain, guild>) {
        fn("name", row.name);
        fn("gold", row.gold);
    } else if constexpr (std::is_same_v<plain, player>) {
        fn("name", row.name);
        fn("level", row.level);
        fn("gold", row.gold);
        fn("guild", row.guild);
        fn("x", row.x);
        fn("note", row.note);
    } else if constexpr (std::is_same_v<plain, mail>) {
        fn("to", row.to);
        fn("sender", row.sender);
        fn("gold", row.gold);
        fn("text", row.text);
    } else {
        static_assert(std::is_same_v<plain, item>);
        fn("owner", row.owner);
        fn("mail", row.mail);
        fn("kind", row.kind);
    }
}

template <class Row> constexpr const char* table_name = nullptr;
template <> inline constexpr const char* table_name<guild> = "guilds";
template <> inline constexpr const char* table_name<player> = "players";
template <> inline constexpr const char* table_name<mail> = "mails";
template <> inline constexpr const char* table_name<item> = "items";

} // namespace torture
