// SPDX-License-Identifier: MIT
/// @file
/// A side that is there where EnTT is: rows are components of a registry, found by a flat map from ids to entities.
#pragma once

#include "memory/by_hand.hpp"

#if __has_include(<entt/entt.hpp>)
#include <entt/entt.hpp>
#endif

namespace bench {

struct no_side {
    explicit no_side(const first_rows&) {}
};

#if __has_include(<entt/entt.hpp>)

template <class Row> class entt_rows {
public:
    explicit entt_rows(std::size_t rows) { by_id_.reserve(rows); }
    [[nodiscard]] Row* find(std::int64_t id) {
        const auto at = by_id_.find(id);
        return at != by_id_.end() ? &registry_.get<component>(at->second).row : nullptr;
    }
    [[nodiscard]] Row* add(const Row& row) {
        const auto [at, fresh] = by_id_.try_emplace(row.id, entt::null);
        if (!fresh) return nullptr;
        at->second = registry_.create();
        return &registry_.emplace<component>(at->second, row).row;
    }
    template <class Before> bool erase(std::int64_t id, Before&& before) {
        const auto at = by_id_.find(id);
        if (at == by_id_.end()) return false;
        before(registry_.get<component>(at->second).row);
        registry_.destroy(at->second);
        by_id_.erase(at);
        return true;
    }
    template <class See> void each(See&& see) const {
        for (const auto [entity, one] : registry_.view<const component>().each()) see(one.row);
    }

private:
    /// Keeps its address, as the indexes want it.
    struct component {
        static constexpr bool in_place_delete = true;
        Row row;
    };
    entt::registry registry_{};
    boost::unordered_flat_map<std::int64_t, entt::entity> by_id_{};
};

struct entt_containers : flat_containers {
    static constexpr const char* name = "entt";
    template <class Row> using rows = entt_rows<Row>;
};
using entt_side = by_hand<entt_containers>;

#else
using entt_side = no_side;
#endif

} // namespace bench
