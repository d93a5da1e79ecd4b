#include <fcntl.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <exception>
#include <string>

#include "app/cli/command_line.hpp"
#include "app/cli/compare.hpp"
#include "app/cli/context.hpp"
#include "app/cli/serve.hpp"
#include "app/cli/store_commands.hpp"
#include "base/log.hpp"

namespace {

// Where one of them is closed, the next file that is opened, a database perhaps, would get its number and be written
// to.
void open_standard_streams() {
    for (int fd = ::open("/dev/null", O_RDWR); fd >= 0; fd = ::open("/dev/null", O_RDWR)) {
        if (fd <= STDERR_FILENO) continue;
        ::close(fd);
        return;
    }
}

}  // namespace

int main(int argc, char** argv) {
    using namespace ferry::app;
    open_standard_streams();
    CLI::App app("Ferry: an asynchronous reverse proxy for the OpenAI HTTP API", "ferry");
    cli_context context;
    app.require_subcommand(1);
    app.fallthrough();
    add_serve_command(app, context);
    add_check_command(app, context);
    add_migrate_command(app, context);
    add_sql_command(app, context);
    add_models_command(app, context);
    add_routes_command(app, context);
    add_keys_command(app, context);
    add_people_commands(app, context);
    add_conversations_command(app, context);
    add_usage_command(app, context);
    add_explain_command(app, context);
    add_compare_command(app, context);
    add_journal_command(app, context);
    add_version_command(app, context);
    finish_commands(app, context);
    try {
        app.parse(argc, argv);
        return 0;
    } catch (const CLI::Success& help_or_version) {
        return app.exit(help_or_version);
    } catch (const CLI::ParseError& error) {
        std::fputs(usage_error_text(app, error).c_str(), stderr);
        return 2;
    } catch (const exit_with& end) {
        return end.code;
    } catch (const std::exception& error) {
        ferry::write_within_a_second(STDERR_FILENO, std::string("error: ") + error.what() + "\n");
        return 1;
    }
}
