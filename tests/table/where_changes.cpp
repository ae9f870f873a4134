// SPDX-License-Identifier: MIT
/// @file
/// Tests of `update_where` and `erase_where`: every row that matches, or none.
#include <holdfast/holdfast.hpp>

#include "support/allocations.hpp"
#include "support/catch.hpp"
#include "support/stores.hpp"
#include "support/temporary_folder.hpp"
#include "support/words.hpp"
#include "table/recording.hpp"

namespace hf = holdfast;
using namespace hf::test;
using hf::errc;
using hf::error;
using hf::result;

namespace {

const fake_clock standing_still;

struct hero {
    std::int64_t id = 0;
    std::string name{};
    std::int32_t seat = 0;
    std::int64_t gold = 0;
    std::optional<std::int64_t> leader{};
};
struct item {
    std::int64_t id = 0;
    std::int64_t owner = 0;
};
struct oath {
    std::int64_t id = 0;
    std::int64_t item = 0;
};
struct world {
    hf::table<hero, hf::primary_key<&hero::id>, hf::auto_id<&hero::id>, hf::unique<&hero::name>,
              hf::unique<&hero::seat>, hf::at_most<&hero::gold, 100>, hf::ordered<&hero::gold>,
              hf::references<&hero::leader, &hero::id, "heroes", hf::on_delete::set_null>>
        heroes;
    hf::table<item, hf::primary_key<&item::id>, hf::auto_id<&item::id>,
              hf::references<&item::owner, &hero::id, "heroes", hf::on_delete::cascade>>
        items;
    hf::table<oath, hf::primary_key<&oath::id>, hf::auto_id<&oath::id>, hf::references<&oath::item, &item::id, "items">>
        oaths;
};

/// Six heroes; of each the seat is its id, the gold ten times that, and there are two items; one oath on hero 5's.
void fill(world& w) {
    for (std::int32_t i = 1; i <= 6; ++i) {
        w.heroes.insert({.name = "hero " + std::to_string(i), .seat = i, .gold = 10 * i}).value();
        w.items.insert({.owner = i}).value();
        w.items.insert({.owner = i}).value();
    }
    w.heroes.set<&hero::leader>(6, 1).value();
    w.oaths.insert({.item = 9}).value();
}
/// In no store, or in one.
struct bare {
    world w{};
    bare() {
        hf::prepare(w).value();
        fill(w);
    }
    world& operator*() { return w; }
    world* operator->() { return &w; }
    void close() {}
};
struct stored {
    temporary_folder folder{};
    hf::store<world> db = hf::open<world>(folder / "world.db", options_with(standing_still)).value();
    stored() {
        fill(*db);
        db.commit();
    }
    world& operator*() { return *db; }
    world* operator->() { return &*db; }
    void close() {
        db.commit();
        close_and_compare(db, folder / "world.db");
    }
};

const auto all = [](const auto&) { return true; };
const auto none = [](const auto&) { return false; };
/// Rows in the order in which they are looked at.
std::string order(const world& w) {
    std::string text;
    for (const auto each : w.heroes.ordered_by<&hero::gold>()) text += std::to_string(each->id) + " ";
    return text;
}

} // namespace

TEMPLATE_TEST_CASE("every row that matches is updated and counted", "", bare, stored) {
    TestType w;
    const auto rich = [](const hero& row) { return row.gold >= 30; };
    CHECK(w->heroes.template update_where<&hero::gold>(rich, [](std::int64_t& gold) { gold += 20; }).value() == 4);
    CHECK(w->heroes.find(3)->gold == 50);
    CHECK(w->heroes.find(2)->gold == 20);
    CHECK(w->heroes.update_where(rich, [](hero& row) { row.gold = 100 - row.gold; }).value() == 4);
    CHECK(order(*w) == "1 2 6 5 4 3 ");
    CHECK(w->heroes.template update_where<&hero::gold>(none, [](std::int64_t& gold) { gold = -1; }).value() == 0);
    CHECK(w->heroes.erase_where(none).value() == 0);
    CHECK(w->heroes.update_where(all, [](hero&) {}).value() == 6); // changed or not
    w.close();
}

TEMPLATE_TEST_CASE("a refusal in the middle of an update of many changes none", "", bare, stored) {
    TestType w;
    const auto before = memory_lines(*w);
    const auto limit = w->heroes.template update_where<&hero::gold>(all, [](std::int64_t& gold) { gold *= 2; });
    CHECK(limit.why().code == errc::refused); // hero 6 would have 120
    CHECK(mentions(limit.why().detail, "heroes[id=6].gold would be 120"));
    CHECK(memory_lines(*w) == before);
    int asked = 0;
    const auto own = w->heroes.update_where(all, [&](hero& row) -> result<void> {
        row.gold = 1;
        row.name += "!";
        if (++asked == 4) return error{errc::not_found, "no more"};
        return {};
    });
    CHECK(own.why().detail == "no more");
    CHECK(asked == 4);
    CHECK_THROWS_AS(w->heroes.template update_where<&hero::gold>(all,
                                                                 [&](std::int64_t& gold) {
                                                                     gold = 1;
                                                                     if (++asked == 8) throw std::runtime_error("no");
                                                                 }),
                    std::runtime_error);
    CHECK(memory_lines(*w) == before);
    CHECK(order(*w) == "1 2 3 4 5 6 ");
    CHECK(w->heroes.template find_by<&hero::name>("hero 2") == w->heroes.find(2));
    CHECK_FALSE(w->heroes.template find_by<&hero::name>("hero 2!"));
    w.close();
}

TEMPLATE_TEST_CASE("unique values may move along but not meet on the way", "", bare, stored) {
    TestType w;
    const auto up = [](std::int32_t& seat) { ++seat; };
    CHECK(w->heroes.template update_where<&hero::seat>(all, up).why().code == errc::taken); // 1 meets 2
    CHECK(w->heroes.template update_where<&hero::seat>(all, [](std::int32_t& seat) { --seat; }).value() == 6);
    CHECK(w->heroes.template find_by<&hero::seat>(0) == w->heroes.find(1));
    CHECK_FALSE(w->heroes.template find_by<&hero::seat>(6));
    CHECK(w->heroes.template update_where<&hero::seat>(all, [](std::int32_t& seat) { seat = 7; }).why().code ==
          errc::taken);
    CHECK(w->heroes.find(1)->seat == 0);
    w.close();
}

TEMPLATE_TEST_CASE("every row that matches is erased with what goes with it", "", bare, stored) {
    TestType w;
    CHECK(w->heroes.erase_where([](const hero& row) { return row.gold < 30; }).value() == 2);
    CHECK(w->heroes.size() == 4);
    CHECK(w->items.size() == 8);
    CHECK_FALSE(w->heroes.find(6)->leader);
    CHECK(w->items.template where<&item::owner>(1).empty());
    w.close();
}

TEMPLATE_TEST_CASE("a refusal in the middle of an erase of many erases none", "", bare, stored) {
    TestType w;
    const auto before = memory_lines(*w);
    const auto done = w->heroes.erase_where(all);
    CHECK(done.why().code == errc::reference);
    CHECK(mentions_all(done.why().detail, "heroes[id=5]", "oaths[id=1]"));
    CHECK(memory_lines(*w) == before);
    CHECK(w->heroes.find(6)->leader == 1);
    CHECK(w->items.template where<&item::owner>(1).collect().size() == 2);
    w->oaths.erase(1).value();
    CHECK(w->heroes.erase_where(all).value() == 6);
    CHECK(w->items.empty());
    w.close();
}

TEST_CASE("a row that went with another one that matches is erased once") {
    struct node {
        std::int64_t id = 0;
        std::optional<std::int64_t> above{};
    };
    struct tree {
        hf::table<node, hf::primary_key<&node::id>,
                  hf::references<&node::above, &node::id, "nodes", hf::on_delete::cascade>>
            nodes;
    };
    tree w;
    recording record(w);
    for (std::int64_t id = 1; id <= 5; ++id)
        w.nodes.insert({id, id > 1 ? std::optional(id - 1) : std::nullopt}).value();
    CHECK(record.texts().size() == 5);
    CHECK(w.nodes.erase_where([](const node& row) { return row.id > 1; }).value() == 4);
    CHECK(w.nodes.size() == 1);
    CHECK(record.texts() ==
          lines{"erase 0 key [i64 5]", "erase 0 key [i64 4]", "erase 0 key [i64 3]", "erase 0 key [i64 2]"});
}

TEST_CASE("an update of rows that come to match meanwhile looks at each once") {
    bare w;
    const auto poor = [](const hero& row) { return row.gold < 40; };
    CHECK(w->heroes.update_where<&hero::gold>(poor, [](std::int64_t& gold) { gold -= 5; }).value() == 3);
    CHECK(w->heroes.find(1)->gold == 5);
    CHECK(w->heroes.find(4)->gold == 40);
}

TEST_CASE("changes of many rows inside a transaction are part of it") {
    stored w;
    const auto before = memory_lines(*w);
    CHECK_FALSE(w.db.transact([&](world& inside) -> result<void> {
        inside.heroes.set<&hero::gold>(1, 3).value();
        CHECK(inside.heroes.update_where<&hero::gold>(all, [](std::int64_t& gold) { ++gold; }).value() == 6);
        const auto middle = memory_lines(inside);
        CHECK_FALSE(inside.heroes.update_where<&hero::gold>(all, [](std::int64_t& gold) { gold += 50; }));
        CHECK_FALSE(inside.heroes.erase_where(all));
        CHECK(memory_lines(inside) == middle); // these were taken back alone
        CHECK(inside.heroes.erase_where([](const hero& row) { return row.id < 3; }).value() == 2);
        return error{errc::refused, "no"};
    }));
    CHECK(memory_lines(*w) == before);
    w.db.transact([&](world& inside) {
        inside.heroes.update_where<&hero::gold>(all, [](std::int64_t& gold) { ++gold; }).value();
        static_cast<void>(inside.heroes.erase_where(all));
    });
    CHECK(w->heroes.find(1)->gold == 11);
    w.close();
}

TEST_CASE("the ops of a change of many rows that was refused are taken back") {
    stored w;
    const auto empty = w.db.health().open_bytes;
    CHECK_FALSE(w->heroes.update_where<&hero::gold>(all, [](std::int64_t& gold) { gold *= 2; }));
    CHECK_FALSE(w->heroes.erase_where(all));
    CHECK(w.db.health().open_bytes == empty);
    const auto tick = w.db.commit();
    CHECK(w->heroes.update_where<&hero::gold>(all, [](std::int64_t& gold) { --gold; }));
    CHECK(w.db.health().open_bytes > empty);
    CHECK(w.db.commit() == tick + 1);
    w.close();
}

TEST_CASE("regression: a world in no store does not grow by changes of many rows") {
    bare w;
    const auto flip = [&] {
        w->heroes.update_where<&hero::seat>(all, [](std::int32_t& seat) { seat = -seat; }).value();
        w->heroes
            .update_where<&hero::leader>([](const hero& row) { return row.id == 6; },
                                         [](auto& leader) { leader = leader ? std::nullopt : std::optional(1); })
            .value();
    };
    for (int i = 0; i < 10; ++i) flip();
    std::size_t most = 0, least = SIZE_MAX;
    for (int i = 0; i < 2'000; ++i) {
        const std::size_t before = allocations();
        flip(), flip();
        const std::size_t made = allocations() - before;
        most = std::max(most, made);
        least = std::min(least, made);
    }
    CHECK(most == least); // an index that was rebuilt would need more
}
