// SPDX-License-Identifier: MIT
/// @file
/// Makes the same random steps in a world and in its model, and compares what each says and has.
#pragma once

#include "worlds/model.hpp"

#include <random>

namespace holdfast::test::worlds {

/// How often an allocation inside a step fails.
enum class memory { enough, short_of };

/// See the file's sentence. What differs fails the test that runs.
class player {
public:
    player(const choice& of, world_face& world, fake_clock& time, memory has, std::mt19937& random);

    /// One change or search, or a transaction of some, or the end of a tick.
    void step();
    /// Everything is committed and saved, and the file opened again.
    void end();

    std::size_t done = 0;
    std::size_t refused = 0;
    std::size_t failed = 0; ///< For want of memory.

private:
    [[nodiscard]] std::uint32_t any(std::uint32_t below) { return static_cast<std::uint32_t>(random_() % below); }
    [[nodiscard]] std::int32_t small(std::int32_t below) {
        return static_cast<std::int32_t>(any(static_cast<std::uint32_t>(below)));
    }
    [[nodiscard]] int a_side() { return any(5) < 2 ? 0 : 1; }
    [[nodiscard]] std::int64_t now() const { return time_.wall_us(); }
    /// The key of a row that is there, mostly, and mostly as the row has it.
    [[nodiscard]] std::int64_t a_key(int side);
    [[nodiscard]] std::int64_t a_reference(int side);
    [[nodiscard]] std::int64_t other_case(std::int64_t key);
    [[nodiscard]] const record* a_row(int side);
    [[nodiscard]] record drawn(int side);
    [[nodiscard]] std::int64_t a_tag() { return small(30); }
    [[nodiscard]] predicate some_rows();

    // --- steps ---------------------------------------------------------------------------------------
    void change();
    void insert(int side);
    void note_id(int side, const record& asked, const record& made);
    void set(int side);
    void add(int side);
    void update(int side);
    void erase(int side);
    void erase_while_updating(int side);
    void update_where(int side);
    void erase_where(int side);
    void transact(int depth);
    void commit();
    void reopen();

    /// Calls `fn`, perhaps short of memory; nothing when that was felt.
    template <class Function> [[nodiscard]] auto attempt(const Function& fn) -> std::optional<decltype(fn())>;
    /// Whether it was done; fails when the model says otherwise.
    template <class Outcome> bool agreed(const Outcome& outcome, const reasons& no, const char* what);
    /// What a change of many rows at once, in this order, must say; and makes it in the model when it must pass.
    template <class Against, class Make>
    reasons many(const std::vector<std::int64_t>& keys, const Against& against, const Make& make);

    // --- comparisons ---------------------------------------------------------------------------------
    enum class thorough { no, yes };
    void compare(thorough how);
    void compare_rows(int side);
    void search(int side, const record& like);
    void search_unique(int side, const record& like);
    void search_index(int side, field by, const record& like);
    void walk(int side, field by);

    choice is_;
    world_face& world_;
    fake_clock& time_;
    memory memory_;
    std::mt19937& random_;
    model must_;
    model committed_;
    std::array<std::set<std::int64_t>, 2> given_{}; ///< Ids; each is given once.
    std::vector<std::pair<int, std::int64_t>> uncommitted_{};
};

} // namespace holdfast::test::worlds
