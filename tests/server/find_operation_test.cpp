#include "server/find_operation.hpp"

#include <boost/test/unit_test.hpp>

using namespace ferry;
using namespace ferry::server;
using namespace std::string_view_literals;

namespace {

fault refusal(std::string_view method, std::string_view target) {
    const auto found = find_operation(method, target);
    BOOST_REQUIRE_MESSAGE(found.has_error(), method << " " << target << " has a route");
    return found.error();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(find_operation_suite)

BOOST_AUTO_TEST_CASE(operations_are_served_under_both_prefixes) {
    const struct {
        std::string_view method, below;
        std::string_view what;
        std::string_view model;
    } cases[] = {
        {"POST", "/chat/completions", "chat.completions", ""},
        {"GET", "/models", "models.list", ""},
        {"HEAD", "/models", "models.list", ""},
        {"GET", "/models/demo", "models.retrieve", "demo"},
        {"HEAD", "/models/demo", "models.retrieve", "demo"},
        {"POST", "/embeddings", "embeddings", ""},
        {"GET", "/files/file-1", "files.retrieve", ""},
        {"DELETE", "/files/file-1", "files.delete", ""},
        {"GET", "/files/file-1/content", "files.content", ""},
        {"POST", "/responses/input_tokens", "responses.input_tokens", ""},
        {"GET", "/vector_stores/vs_1/files/file-2", "vector_stores.files.retrieve", ""},
    };
    for (const auto& one : cases) {
        for (const auto* prefix :
             {"/v1", "/api/v1", "/openai/v1", "/openai", "http://other.example/v1", "HTTPS://h:1/api/v1"}) {
            for (const auto* query : {"", "?", "?a=b&c=/../x"}) {
                const auto target = prefix + std::string(one.below) + query;
                const auto found = find_operation(one.method, target);
                BOOST_TEST_CONTEXT(one.method << " " << target) {
                    BOOST_REQUIRE(found.has_value());
                    BOOST_TEST((found->what->name == one.what));
                    BOOST_TEST(found->model == one.model);
                }
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(H8_the_name_of_a_model_is_the_rest_of_the_path_decoded_once) {
    const struct {
        std::string_view written, name;
    } cases[] = {
        {"org/model", "org/model"},
        {"org%2Fmodel", "org/model"},
        {"org%2fmodel", "org/model"},
        {"a%252Fb", "a%2Fb"},
        {"a+b", "a+b"},
        {"%E4%BD%A0", "\xe4\xbd\xa0"},
        {"..", ".."},
        {"a//b", "a//b"},
        {"demo/", "demo/"},
        {"%00", "\0"sv},
        {"a;x", "a;x"},
        {"/", "/"},
    };
    for (const auto& one : cases) {
        const auto found = find_operation("GET", "/v1/models/" + std::string(one.written));
        BOOST_TEST_CONTEXT(one.written) {
            BOOST_REQUIRE(found.has_value());
            BOOST_TEST((found->what->name == "models.retrieve"));
            BOOST_TEST((found->model == one.name));
        }
    }
    for (const auto* broken : {"/v1/models/%", "/v1/models/a%2", "/v1/models/%zz", "/v1/models/%2", "/v1/models/"}) {
        BOOST_TEST_CONTEXT(broken) BOOST_TEST((refusal("GET", broken).code == fault_code::unknown_url));
    }
}

BOOST_AUTO_TEST_CASE(H8_no_path_trick_finds_an_operation) {
    constexpr std::string_view targets[] = {
        "/v1//chat/completions",
        "//v1/chat/completions",
        "/v1/chat//completions",
        "/v1/./chat/completions",
        "/v1/x/../chat/completions",
        "/v1/%63hat/completions",
        "/v1/chat%2Fcompletions",
        "/v1%2fchat/completions",
        "/%761/chat/completions",
        "/v1/chat/completions;x=1",
        "/v1/chat/completions#x",
        "/v1\\chat\\completions",
        "/v1/chat/completions%00",
        "/v1/chat/completions/",
        "/v1/chat/completionsx",
        "/v1/chat/completion",
        "/V1/chat/completions",
        "/v1/Chat/completions",
        "/v2/chat/completions",
        "/v1chat/completions",
        "/v1",
        "/v1/",
        "/api/chat/completions",
        "/api/v1/v1/chat/completions",
        "/chat/completions",
        "/",
        "*",
        "",
        "v1/chat/completions",
        "http://host",
        "http://host?/v1/chat/completions",
        "http://host#/v1/chat/completions",
        "https://",
        "ftp://host/v1/chat/completions",
        "/v1/embedding",
        "/v1/files/../models",
        "/v1/files/..",
        "/v1/files/a%2Fb",
        "/v1/files/a/b",
        "/embeddings",
        "/admin",
    };
    for (const auto target : targets) {
        BOOST_TEST_CONTEXT(target) {
            BOOST_TEST((refusal("POST", target).code == fault_code::unknown_url));
            BOOST_TEST((refusal("GET", target).code == fault_code::unknown_url));
        }
    }
}

BOOST_AUTO_TEST_CASE(a_wrong_method_names_the_right_ones) {
    const struct {
        std::string_view method, target, allow;
    } cases[] = {
        {"GET", "/v1/chat/completions", "POST"},    {"HEAD", "/v1/chat/completions", "POST"},
        {"PUT", "/v1/chat/completions", "POST"},    {"post", "/v1/chat/completions", "POST"},
        {"POST", "/v1/models", "GET, HEAD"},        {"DELETE", "/api/v1/models/demo", "GET, HEAD"},
        {"PUT", "/v1/files", "POST, GET, HEAD"},    {"PUT", "/v1/files/file-1", "GET, HEAD, DELETE"},
        {"GET", "/v1/embeddings", "POST"},          {"GET", "/rerank", "POST"},
        {"BREW", "/v1/models", "GET, HEAD"},        {"CONNECT", "upstream:443", "GET, HEAD, POST"},
        {"TRACE", "/v1/models", "GET, HEAD, POST"}, {"TRACE", "/", "GET, HEAD, POST"},
    };
    for (const auto& one : cases) {
        BOOST_TEST_CONTEXT(one.method << " " << one.target) {
            const auto refused = refusal(one.method, one.target);
            BOOST_TEST((refused.code == fault_code::method_not_allowed));
            BOOST_TEST(refused.allow == one.allow);
        }
    }
}

BOOST_AUTO_TEST_CASE(a_near_miss_is_told_the_right_url) {
    const struct {
        std::string_view target, hint;
    } cases[] = {
        {"/v1/chat/completions/", "Did you mean /v1/chat/completions (without the trailing slash)?"},
        {"/api/v1/models/", "Did you mean /api/v1/models (without the trailing slash)?"},
        {"/chat/completions", "Did you mean /v1/chat/completions?"},
        {"/models/", "Did you mean /v1/models?"},
        {"/v1/v1/chat/completions", "Did you mean /v1/chat/completions?"},
        {"/v1/embedding", "Did you mean /v1/embeddings?"},
        {"/files/file-1", "Did you mean /v1/files/file-1?"},
        {"/v1/what/is/this", "docs/operations.md"},
    };
    for (const auto& one : cases) {
        const auto message = refusal("POST", one.target).message;
        BOOST_TEST_CONTEXT(message) BOOST_TEST(message.find(one.hint) != std::string::npos);
    }
}

BOOST_AUTO_TEST_CASE(what_a_client_wrote_is_repeated_only_in_part) {
    const auto message = refusal("GET", "/" + std::string(10'000, 'x')).message;
    BOOST_TEST(message.size() < 500);
}

BOOST_AUTO_TEST_CASE(the_first_id_in_a_path_is_told_and_the_path_below_the_prefix) {
    const auto found = find_operation("GET", "/api/v1/vector_stores/vs_1/files/file-2?limit=2");
    BOOST_REQUIRE(found.has_value());
    BOOST_TEST((found->id == "vs_1"));
    BOOST_TEST((found->below == "/vector_stores/vs_1/files/file-2"));
    const auto bare = find_operation("POST", "/rerank");
    BOOST_REQUIRE(bare.has_value());
    BOOST_TEST((bare->below == "/rerank"));
}

BOOST_AUTO_TEST_CASE(a_deployments_path_names_the_model) {
    const auto found = find_operation("POST", "/openai/deployments/org%2Fmodel/chat/completions?api-version=1");
    BOOST_REQUIRE(found.has_value());
    BOOST_TEST((found->what->name == "chat.completions"));
    BOOST_TEST(found->model == "org/model");
    const auto wrong = find_operation("GET", "/openai/deployments/m/chat/completions");
    BOOST_REQUIRE(!wrong.has_value());
    BOOST_TEST((wrong.error().code == fault_code::method_not_allowed));
    for (const auto* target :
         {"/openai/deployments/m/models", "/openai/deployments//chat/completions", "/openai/deployments/m",
          "/openai/deployments/m/chat/completions/", "/openai/deployments/%zz/chat/completions",
          "/v1/openai/deployments/m/chat/completions"}) {
        const auto unknown = find_operation("POST", target);
        BOOST_TEST_CONTEXT(target) {
            BOOST_REQUIRE(!unknown.has_value());
            BOOST_TEST((unknown.error().code == fault_code::unknown_url));
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
