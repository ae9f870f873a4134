#include <holdfast/holdfast.hpp>
