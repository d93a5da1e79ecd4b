#include <boost/test/unit_test.hpp>

#include "store/conformance/store_fixture.hpp"
#include "store/store_error.hpp"

namespace ferry::store {
namespace {

struct calibrations_fixture : store_fixture {
    std::unique_ptr<calibration_store> table = db->calibrations();

    void save(const std::vector<calibration_row>& rows) { table->save(rows); }
    std::string listed() {
        std::string all;
        for (const auto& row : table->list()) {
            all += row.instance + "/" + row.model + "/" + row.direction + "=" + row.text + " ";
        }
        return all;
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(calibration_stores, calibrations_fixture)

BOOST_AUTO_TEST_CASE(what_is_saved_takes_the_place_of_what_was) {
    BOOST_TEST(listed() == "");
    save({{"a", "m'", "prompt", "1 2"}, {"a", "m'", "completion", "3"}, {"b", "m'", "prompt", "4"}});
    save({{"a", "m'", "prompt", "5"}});
    BOOST_TEST(listed() == "a/m'/completion=3 a/m'/prompt=5 b/m'/prompt=4 ");
}

BOOST_AUTO_TEST_CASE(what_nobody_saves_goes_in_time) {
    save({{"a", "m", "prompt", "1"}, {"b", "m", "prompt", "2"}});
    run("UPDATE token_calibrations SET updated_at = '2020-01-01 00:00:00' WHERE instance = 'a'");
    save({{"c", "m", "prompt", "3"}});
    BOOST_TEST(listed() == "b/m/prompt=2 c/m/prompt=3 ");
}

BOOST_AUTO_TEST_CASE(all_of_a_save_is_stored_or_nothing) {
    BOOST_CHECK_THROW(save({{"a", "m", "prompt", "1"}, {"a", "m", "sideways", "2"}}), store_error);
    BOOST_TEST(listed() == "");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace ferry::store
