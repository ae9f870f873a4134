// SPDX-License-Identifier: MIT
#include "worlds/made_world.hpp"

namespace holdfast::test::worlds {

template std::unique_ptr<world_face> open_world<8>(const std::string&, const fake_clock&);
template std::unique_ptr<world_face> open_world<9>(const std::string&, const fake_clock&);
template std::unique_ptr<world_face> open_world<10>(const std::string&, const fake_clock&);
template std::unique_ptr<world_face> open_world<11>(const std::string&, const fake_clock&);

} // namespace holdfast::test::worlds
