// Users and teams as commands name them.
#pragma once

#include <string>

#include "store/people_store.hpp"

namespace ferry::app {

// By id or name. Throws std::runtime_error for nobody.
store::person_row find_person(store::people_store& people, store::people of, const std::string& which);

}  // namespace ferry::app
