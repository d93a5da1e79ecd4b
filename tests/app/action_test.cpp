#include "app/cli/action.hpp"

#include <boost/test/unit_test.hpp>

#include "app/cli/context.hpp"

namespace ferry::app {

namespace {

struct note_request {
    bool json = false;
};

const cli_context* ran_with = nullptr;
bool ran_as_json = false;

void run_note(const cli_context& context, const note_request& request) {
    ran_with = &context;
    ran_as_json = request.json;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(actions)

BOOST_AUTO_TEST_CASE(the_action_that_was_named_runs_with_what_was_asked) {
    CLI::App command;
    cli_context context;
    const auto request = std::make_shared<note_request>();
    add_action(command, context, request, "note", "Note it", run_note);
    add_action(command, context, request, "fail", "Fail",
               [](const cli_context&, const note_request&) { BOOST_ERROR("another action ran"); });
    command.parse("note --json");
    BOOST_TEST(ran_with == &context);
    BOOST_TEST(ran_as_json);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace ferry::app
