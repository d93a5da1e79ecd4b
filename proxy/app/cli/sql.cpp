#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>
#include <optional>

#include "app/cli/open_store.hpp"
#include "app/cli/store_commands.hpp"
#include "app/cli/table.hpp"

namespace ferry::app {
namespace {

struct sql_request {
    std::optional<std::string> text;
    std::optional<std::string> file;
    bool json = false;
};

std::string read_all(std::istream& in) {
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

std::string text_of(const sql_request& request) {
    if (request.text) return *request.text;
    if (!request.file || *request.file == "-") return read_all(std::cin);
    std::ifstream in(*request.file);
    if (!in) refuse_usage(fmt::format("cannot read {}: {}", *request.file, std::strerror(errno)));
    std::string text = read_all(in);
    if (in.bad()) refuse_usage(fmt::format("cannot read {}: it is not a file of text", *request.file));
    return text;
}

void print_table(const store::sql_result& result) {
    if (!result.has_rows) {
        fmt::print("{} {} changed\n", result.changed, result.changed == 1 ? "row" : "rows");
        return;
    }
    std::vector<table_column> columns;
    for (const std::string& name : result.columns) columns.push_back({name});
    std::vector<std::vector<std::string>> rows;
    for (const auto& row : result.rows) {
        auto& cells = rows.emplace_back();
        for (std::size_t i = 0; i < row.size(); ++i) {
            if (row[i].type == store::sql_value::kind::number) columns[i].side = align::right;
            cells.push_back(row[i].type == store::sql_value::kind::null ? "NULL" : row[i].text);
        }
    }
    fmt::print("{}", aligned_table(columns, rows));
}

std::string json_of(const store::sql_value& value) {
    switch (value.type) {
        case store::sql_value::kind::null:
            return "null";
        case store::sql_value::kind::number:
            return value.text;
        case store::sql_value::kind::text:
            break;
    }
    return json_string(value.text);
}

// A query becomes an array of its rows, another statement {"changed":N}; one line-separated value per statement.
void print_json(const store::sql_result& result) {
    if (!result.has_rows) {
        fmt::print("{}\n", json_object().number("changed", result.changed).take());
        return;
    }
    std::vector<std::string> rows;
    for (const auto& row : result.rows) {
        json_object object;
        for (std::size_t i = 0; i < row.size(); ++i) object.raw(result.columns[i], json_of(row[i]));
        rows.push_back(object.take());
    }
    fmt::print("{}", json_array(rows));
}

}  // namespace

void add_sql_command(CLI::App& app, cli_context& context) {
    auto* command = app.add_subcommand("sql", "Run SQL on the store: from -c, from -f, or from standard input");
    auto request = std::make_shared<sql_request>();
    auto* text = command->add_option("-c,--command", request->text, "The statements; NOW() is there on every store");
    command->add_option("-f,--file", request->file, "A file of statements, - for standard input")->excludes(text);
    command->add_flag("--json", request->json, "Rows as JSON, one value per statement");
    command->callback([&context, request] {
        const std::string statements = text_of(*request);
        ready_store(context)->sql()->run(statements, request->json ? print_json : print_table);
    });
}

}  // namespace ferry::app
