// SPDX-License-Identifier: MIT
#include "worlds/made_world.hpp"

namespace holdfast::test::worlds {

template std::unique_ptr<world_face> open_world<12>(const std::string&, const fake_clock&);
template std::unique_ptr<world_face> open_world<13>(const std::string&, const fake_clock&);
template std::unique_ptr<world_face> open_world<14>(const std::string&, const fake_clock&);
template std::unique_ptr<world_face> open_world<15>(const std::string&, const fake_clock&);

} // namespace holdfast::test::worlds
