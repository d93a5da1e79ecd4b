#include "store/failure.hpp"

#include <boost/test/unit_test.hpp>

#include "store/store_error.hpp"

namespace ferry::store {

BOOST_AUTO_TEST_SUITE(failures)

template <class Error>
std::string text_of(failure_kind kind) {
    try {
        throw_failure({kind, "try again"}, "read the keys", "sqlite:/f.db", "it is locked\n");
    } catch (const Error& error) {
        return error.what();
    }
}

BOOST_AUTO_TEST_CASE(the_kind_of_failure_decides_the_exception) {
    const std::string text = "cannot read the keys in sqlite:/f.db: it is locked; try again";
    BOOST_TEST(text_of<row_refused>(failure_kind::refused) == text);
    BOOST_TEST(text_of<store_unavailable>(failure_kind::unavailable) == text);
    BOOST_TEST(text_of<store_error>(failure_kind::wrong) == text);
}

BOOST_AUTO_TEST_CASE(a_wrong_statement_is_neither_refused_nor_tried_again) {
    try {
        throw_failure({failure_kind::wrong, "correct it"}, "run", "there", "no");
    } catch (const row_refused&) {
        BOOST_ERROR("told as refused");
    } catch (const store_unavailable&) {
        BOOST_ERROR("told as unavailable");
    } catch (const store_error&) {
        BOOST_TEST(true);
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace ferry::store
