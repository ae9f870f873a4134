// SPDX-License-Identifier: MIT
/// @file
/// Does the actions of the workload to a store, and reads a store as a model.
#pragma once

#include <holdfast/store.hpp>

#include "workload.hpp"

namespace torture {

/// Does one action, and appends the ids that the store gave to what it made. Errors: a store that refuses what it must
/// not, or does not refuse what it must.
/// @param before_import  Called inside a bulk_load, at its end.
[[nodiscard]] hf::result<void> perform(hf::store<world>& db, const action& one, std::vector<std::int64_t>& ids,
                                       const std::function<void(world&)>& before_import);

[[nodiscard]] model model_of(const world& now);

} // namespace torture
