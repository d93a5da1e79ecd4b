#define BOOST_TEST_MODULE ferry
#include <boost/test/unit_test.hpp>
