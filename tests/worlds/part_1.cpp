// SPDX-License-Identifier: MIT
#include "worlds/made_world.hpp"

namespace holdfast::test::worlds {

template std::unique_ptr<world_face> open_world<0>(const std::string&, const fake_clock&);
template std::unique_ptr<world_face> open_world<1>(const std::string&, const fake_clock&);
template std::unique_ptr<world_face> open_world<2>(const std::string&, const fake_clock&);
template std::unique_ptr<world_face> open_world<3>(const std::string&, const fake_clock&);

} // namespace holdfast::test::worlds
