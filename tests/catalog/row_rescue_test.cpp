#include "catalog/row_rescue.hpp"

#include <boost/test/unit_test.hpp>

#include "catalog/capabilities.hpp"

using namespace ferry;

namespace {

result<catalog::rescue_words> rescue_of(const char* column) {
    const auto capabilities = catalog::parse_capabilities(column);
    if (!capabilities) return capabilities.error();
    return catalog::parse_rescue(*capabilities);
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_row_says_how_it_goes_on_with_answers) {
    using catalog::row_prefill;
    using catalog::row_rescue;
    const auto says = [](const char* column, row_prefill prefill, row_rescue rescues) {
        const auto said = rescue_of(column);
        return said && said->prefill == prefill && said->rescues == rescues;
    };
    for (const char* nothing : {"", "{}", "[]", R"({"prefill":null,"rescue":null})"})
        BOOST_TEST(says(nothing, row_prefill::none, row_rescue::regenerate));
    BOOST_TEST(says(R"({"prefill":"prefix","rescue":"regenerate"})", row_prefill::prefix, row_rescue::regenerate));
    BOOST_TEST(says(R"({"prefill":"partial","rescue":"continue"})", row_prefill::partial, row_rescue::in_words));
    BOOST_TEST(says(R"({"prefill":"continue","rescue":"off"})", row_prefill::final_message, row_rescue::off));
}

BOOST_AUTO_TEST_CASE(a_row_that_says_it_otherwise_is_refused_by_name) {
    for (const char* wrong :
         {R"({"prefill":true})", R"({"prefill":"suffix"})", R"({"rescue":"on"})", R"({"rescue":1})"}) {
        const auto said = rescue_of(wrong);
        BOOST_REQUIRE(!said);
        BOOST_TEST(said.error().message.find("that is none of") != std::string::npos);
    }
    BOOST_TEST(!rescue_of("{"));
    BOOST_TEST(!rescue_of(R"({"hedge":"yes"})"));
}

BOOST_AUTO_TEST_CASE(a_row_says_whether_a_second_try_may_be_begun_beside_its_own) {
    BOOST_TEST(!rescue_of(R"({"hedge":null})")->hedges.has_value());
    BOOST_TEST(rescue_of(R"({"hedge":true})")->hedges.value());
    BOOST_TEST(!rescue_of(R"({"hedge":false})")->hedges.value());
}
