// SPDX-License-Identifier: MIT
/// @file
/// Every strategy, by name.
#pragma once

#include "snapshot/copy_on_update.hpp"
#include "snapshot/dirty_rows.hpp"
#include "snapshot/field_log.hpp"
#include "snapshot/forked.hpp"
#include "snapshot/naive_copy.hpp"
#include "snapshot/no_snapshot.hpp"
#include "snapshot/ping_pong.hpp"
#include "snapshot/slices.hpp"
#include "snapshot/tick_deltas.hpp"
#include "snapshot/two_versions.hpp"
#include "snapshot/zigzag.hpp"

namespace bench {

template <class Strategy> struct is_strategy {
    using type = Strategy;
};

/// Calls `fn(is_strategy<S>())` for each strategy `S`: the naive one first.
template <class Row, class Function> void for_each_strategy(Function&& fn) {
    fn(is_strategy<naive_copy<Row>>());
    fn(is_strategy<dirty_rows<Row>>());
    fn(is_strategy<tick_deltas<Row>>());
    fn(is_strategy<copy_on_update<Row, false>>());
    fn(is_strategy<copy_on_update<Row, true>>());
    fn(is_strategy<two_versions<Row>>());
    fn(is_strategy<zigzag<Row>>());
    fn(is_strategy<ping_pong<Row>>());
    fn(is_strategy<forked<Row>>());
    fn(is_strategy<slices<Row>>());
    fn(is_strategy<field_log<Row>>());
}

} // namespace bench
