#include "base/ending_faults.hpp"

#include <boost/test/unit_test.hpp>

namespace ferry {

BOOST_AUTO_TEST_SUITE(ending_faults)

BOOST_AUTO_TEST_CASE(neither_is_tried_again_by_ferry) {
    for (const auto& why : {client_has_left(), ferry_is_stopping()}) {
        BOOST_TEST((why.retry == retry_advice::never), why.message);
    }
    BOOST_TEST((client_has_left().code == fault_code::client_gone));
    BOOST_TEST((ferry_is_stopping().code == fault_code::shutting_down));
    BOOST_TEST((ferry_is_stopping().source == fault_source::self));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace ferry
