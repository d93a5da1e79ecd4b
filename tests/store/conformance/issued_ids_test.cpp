#include "store/conformance/usage_fixture.hpp"

namespace ferry::store {
namespace {

usage_row issuing(std::string id, std::int64_t model, std::int64_t key, std::string ids) {
    usage_row row = usage_of(std::move(id), some_time_us);
    row.model_id = model;
    row.key_id = key;
    row.operation = "files.create";
    row.issued_ids = std::move(ids);
    return row;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(issued_ids_suite, usage_fixture)

BOOST_AUTO_TEST_CASE(the_issuer_of_an_id_is_the_row_that_answered) {
    auto row = issuing("a", 7, 3, R"(["file-1","file-2","file-1"])");
    row.user_id = 5;
    usage->insert(rows{row, issuing("b", 8, 4, R"(["batch-1"])")}, {});
    const issuer_row first{7, 3, 5}, second{8, 4, std::nullopt};
    for (const auto* id : {"file-1", "file-2"}) BOOST_TEST((usage->find_issuer(id) == first));
    BOOST_TEST((usage->find_issuer("batch-1") == second));
    for (const auto* unknown : {"file-3", "", "file-", "FILE-1", "' OR 1=1"}) {
        BOOST_TEST_CONTEXT(unknown) BOOST_TEST((!usage->find_issuer(unknown)));
    }
}

BOOST_AUTO_TEST_CASE(who_issued_an_id_first_keeps_it) {
    usage->insert(rows{issuing("a", 7, 3, R"(["file-1"])")}, {});
    BOOST_TEST(usage->insert(rows{issuing("b", 8, 4, R"(["file-1","file-2"])")}, {}) == 1u);
    BOOST_TEST((usage->find_issuer("file-1") == issuer_row{7, 3, std::nullopt}));
    BOOST_TEST((usage->find_issuer("file-2") == issuer_row{8, 4, std::nullopt}));
}

BOOST_AUTO_TEST_CASE(a_batch_that_is_given_again_changes_nothing) {
    const rows batch{issuing("a", 7, 3, R"(["file-1"])"), usage_of("b", some_time_us)};
    usage->insert(batch, {});
    BOOST_TEST(usage->insert(batch, {}) == 0u);
    BOOST_TEST((usage->find_issuer("file-1") == issuer_row{7, 3, std::nullopt}));
}

BOOST_AUTO_TEST_CASE(many_rows_at_once_issue_theirs_each) {
    rows batch;
    for (int i = 0; i < 100; ++i) {
        const auto number = std::to_string(100 + i);
        batch.push_back(issuing("r" + number, i + 1, 1, "[\"file-" + number + "\"]"));
    }
    BOOST_TEST(usage->insert(batch, {}) == 100u);
    for (int i = 0; i < 100; ++i) {
        const auto found = usage->find_issuer("file-" + std::to_string(100 + i));
        BOOST_REQUIRE(found.has_value());
        BOOST_TEST(found->model_id == i + 1);
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace ferry::store
