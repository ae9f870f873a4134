// SPDX-License-Identifier: MIT
/// @file
/// Tests of holdfast/track/undo.hpp.
#include <holdfast/track/edit_session.hpp>
#include <holdfast/track/undo.hpp>

#include "support/catch.hpp"

#include <vector>

using holdfast::undo_kind;
using holdfast::undo_log;
using holdfast::undo_step;

namespace {

/// Remembers which steps it was given, by the number in their column.
struct target final : holdfast::undo_target {
    std::vector<int> undone{};
    std::vector<int> kept{};

    void undo(undo_step& step) noexcept override { undone.push_back(step.column); }
    void keep(undo_step& step) noexcept override { kept.push_back(step.column); }
    [[nodiscard]] holdfast::result<void> check_later(void*, std::uint32_t) const override { return {}; }
};

undo_step& push(undo_log& log, target& to, int number) {
    log.reserve(1);
    undo_step& step = log.push(to, undo_kind::set, nullptr);
    step.column = static_cast<std::uint8_t>(number);
    return step;
}

std::vector<int> counting(int from, int to) {
    std::vector<int> numbers;
    for (int i = from; i != to; i += from < to ? 1 : -1) numbers.push_back(i);
    return numbers;
}

} // namespace

TEST_CASE("steps are taken back last to first down to the mark") {
    target table;
    undo_log log;
    for (int i = 0; i < 5; ++i) push(log, table, i);
    CHECK(log.size() == 5);
    log.undo_to(3);
    CHECK(table.undone == std::vector<int>{4, 3});
    CHECK(log.size() == 3);
    log.undo_to(0);
    CHECK(table.undone == std::vector<int>{4, 3, 2, 1, 0});
    CHECK(log.size() == 0);
    CHECK(table.kept.empty());
}

TEST_CASE("undoing to where the log stands or beyond takes nothing back") {
    target table;
    undo_log log;
    push(log, table, 0);
    log.undo_to(1);
    log.undo_to(7);
    CHECK(table.undone.empty());
    CHECK(log.size() == 1);
}

TEST_CASE("steps that are kept are kept first to last and forgotten") {
    target table;
    undo_log log;
    for (int i = 0; i < 3; ++i) push(log, table, i);
    log.keep_all();
    CHECK(table.kept == std::vector<int>{0, 1, 2});
    CHECK(log.size() == 0);
    log.undo_to(0);
    CHECK(table.undone.empty());
}

TEST_CASE("steps go back to the table they came from") {
    target one;
    target other;
    undo_log log;
    push(log, one, 1);
    push(log, other, 2);
    push(log, one, 3);
    log.undo_to(0);
    CHECK(one.undone == std::vector<int>{3, 1});
    CHECK(other.undone == std::vector<int>{2});
}

TEST_CASE("order holds across many blocks of steps") {
    target table;
    undo_log log;
    for (int i = 0; i < 250; ++i) push(log, table, i);
    log.undo_to(63);
    CHECK(table.undone == counting(249, 62));
    for (int i = 63; i < 250; ++i) push(log, table, i);
    log.keep_all();
    CHECK(table.kept == counting(0, 250));
}

TEST_CASE("steps keep their address while more are pushed") {
    target table;
    undo_log log;
    undo_step* first = &push(log, table, 0);
    std::vector<undo_step*> steps;
    for (int i = 1; i < 200; ++i) steps.push_back(&push(log, table, i));
    CHECK(first->column == 0);
    for (std::size_t i = 0; i < steps.size(); ++i) CHECK(steps[i]->column == static_cast<int>(i) + 1);
}

TEST_CASE("room that was reserved is there for all steps") {
    target table;
    undo_log log;
    log.reserve(200);
    for (int i = 0; i < 200; ++i) log.push(table, undo_kind::insert, nullptr).column = static_cast<std::uint8_t>(i);
    log.undo_to(0);
    CHECK(table.undone == counting(199, -1));
}

TEST_CASE("a step starts fresh even where another one lay before") {
    target table;
    undo_log log;
    undo_step& used = push(log, table, 9);
    used.put_on_heap(&table);
    used.first_of_group = used.last_of_group = false;
    used.indexes = 7;
    log.undo_to(0);
    int slot = 0;
    log.reserve(1);
    undo_step& fresh = log.push(table, undo_kind::erase, &slot);
    REQUIRE(&fresh == &used);
    CHECK(fresh.kind == undo_kind::erase);
    CHECK(fresh.slot == &slot);
    CHECK(fresh.first_of_group);
    CHECK(fresh.last_of_group);
    CHECK_FALSE(fresh.on_heap);
    CHECK(fresh.indexes == 0);
    CHECK(fresh.before() == fresh.room);
}

TEST_CASE("a step keeps the old value in itself or on the heap") {
    undo_step step;
    CHECK(step.before() == step.room);
    CHECK(reinterpret_cast<std::uintptr_t>(step.before()) % 16 == 0);
    int elsewhere = 0;
    step.put_on_heap(&elsewhere);
    CHECK(step.on_heap);
    CHECK(step.before() == &elsewhere);
}

TEST_CASE("a fresh session is outside transactions and has nothing to undo") {
    const holdfast::edit_session session;
    CHECK(session.transactions == 0);
    CHECK(session.undo.size() == 0);
    CHECK(session.tick == 1);
}
