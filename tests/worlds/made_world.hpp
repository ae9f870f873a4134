// SPDX-License-Identifier: MIT
/// @file
/// A world of the random test in its store. Included by the files part_*.cpp, which make the worlds.
#pragma once

#include "support/world_lines.hpp"
#include "worlds/made_table.hpp"

namespace holdfast::test::worlds {

template <choice C> class made_world final : public world_face {
    using world = typename schema<C>::world;
    using parents_type = decltype(world::parents);
    using children_type = decltype(world::children);

public:
    made_world(const std::string& path, const fake_clock& time) : path_(path), time_(time), db_(opened()) { face(); }

    table_face& table(int side) override {
        if (side == 0) return *parents_;
        return *children_;
    }
    result<void> transact(const std::function<result<void>()>& steps) override {
        return db_.transact([&](world&) { return steps(); });
    }
    void commit() override {
        with_failing_allocation(failing_allocation, [&] { db_.commit(); });
    }
    result<void> save() override {
        const auto report = db_.save_all(std::chrono::seconds(60));
        if (!report) return report.why();
        return {};
    }
    std::string reopen() override {
        const world_lines memory = memory_lines(*db_);
        const save_report report = db_.close(std::chrono::seconds(60));
        std::string differs;
        if (report.saved != report.committed)
            differs = "not everything is saved: " + (db_.health().last_error ? db_.health().last_error->detail : "");
        if (!report.open_frame_dropped && differs.empty()) differs = difference(memory, file_lines(*db_, path_));
        parents_.reset();
        children_.reset();
        db_ = opened();
        face();
        return differs;
    }

private:
    [[nodiscard]] static std::string difference(const world_lines& memory, const world_lines& file) {
        std::string text;
        for (const auto& [table, rows] : memory) {
            const lines& others = file.at(table);
            for (const auto& row : rows)
                if (!std::binary_search(others.begin(), others.end(), row)) text += "\nmemory only: " + row;
            for (const auto& row : others)
                if (!std::binary_search(rows.begin(), rows.end(), row)) text += "\nfile only: " + row;
        }
        return text;
    }
    /// With a clock that only the test moves nothing is saved before `save` or `reopen`.
    [[nodiscard]] store<world> opened() const {
        options chosen;
        chosen.time = &time_;
        chosen.ring_bytes = std::size_t{1} << 20;
        return open<world>(path_, chosen).value();
    }
    void face() {
        parents_.emplace(db_->parents, failing_allocation);
        children_.emplace(db_->children, failing_allocation);
    }

    std::string path_;
    const fake_clock& time_;
    store<world> db_;
    std::optional<made_table<C, parents_type, false>> parents_{};
    std::optional<made_table<C, children_type, C.parent != parent_kind::none>> children_{};
};

template <std::size_t World> std::unique_ptr<world_face> open_world(const std::string& path, const fake_clock& time) {
    return std::make_unique<made_world<choice_of(World)>>(path, time);
}

} // namespace holdfast::test::worlds
