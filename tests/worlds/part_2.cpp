// SPDX-License-Identifier: MIT
#include "worlds/made_world.hpp"

namespace holdfast::test::worlds {

template std::unique_ptr<world_face> open_world<4>(const std::string&, const fake_clock&);
template std::unique_ptr<world_face> open_world<5>(const std::string&, const fake_clock&);
template std::unique_ptr<world_face> open_world<6>(const std::string&, const fake_clock&);
template std::unique_ptr<world_face> open_world<7>(const std::string&, const fake_clock&);

} // namespace holdfast::test::worlds
