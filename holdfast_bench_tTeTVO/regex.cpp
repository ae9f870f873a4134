#include <regex>
