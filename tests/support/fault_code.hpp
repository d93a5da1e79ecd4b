#pragma once

#include <boost/test/unit_test.hpp>

#include "base/fault.hpp"

// Codes are compared by BOOST_TEST, and have no text of their own.
BOOST_TEST_DONT_PRINT_LOG_VALUE(ferry::fault_code)
