// SPDX-License-Identifier: MIT
#include "worlds/made_world.hpp"

namespace holdfast::test::worlds {

template std::unique_ptr<world_face> open_world<16>(const std::string&, const fake_clock&);
template std::unique_ptr<world_face> open_world<17>(const std::string&, const fake_clock&);
template std::unique_ptr<world_face> open_world<18>(const std::string&, const fake_clock&);
template std::unique_ptr<world_face> open_world<19>(const std::string&, const fake_clock&);

} // namespace holdfast::test::worlds
