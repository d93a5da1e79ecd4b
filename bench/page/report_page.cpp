#include "page/report_page.hpp"

#include <boost/json.hpp>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include "page/page.hpp"

namespace ferry::bench {
namespace {

namespace json = boost::json;

constexpr std::string_view how_made = "Give a file that ferry-bench load or compare wrote with --json.";

[[noreturn]] void refuse(const run_file& file, const std::string& why) {
    throw std::runtime_error(file.name + " " + why);
}

json::object parse_object(const run_file& file) {
    json::stream_parser parser;
    json::error_code error;
    const std::size_t read = parser.write_some(file.text, error);
    if (!error) parser.finish(error);
    if (!error && file.text.find_first_not_of(" \t\r\n", read) != std::string::npos) error = json::error::extra_data;
    if (error) {
        refuse(file,
               "is not JSON (" + error.message() + " at byte " + std::to_string(read) + "). " + std::string(how_made));
    }
    auto value = parser.release();
    if (!value.is_object()) refuse(file, "is JSON, but no result of ferry-bench. " + std::string(how_made));
    return std::move(value.get_object());
}

void check_list(const run_file& file, const json::object& result, const char* name) {
    const auto* list = result.if_contains(name);
    if (!list || !list->is_array() || list->get_array().empty()) {
        refuse(file, std::string("has no \"") + name + "\", which a result of its kind has: was it cut or edited?");
    }
    for (const auto& item : list->get_array()) {
        if (!item.is_object()) refuse(file, std::string("has something in \"") + name + "\" that is no object.");
    }
}

void check(const run_file& file) {
    const auto result = parse_object(file);
    const auto* schema = result.if_contains("schema");
    if (!schema || !schema->is_string()) {
        refuse(file, "is JSON, but no result of ferry-bench: it has no \"schema\". " + std::string(how_made));
    }
    if (schema->get_string() != run_schema) {
        refuse(file, "is of the schema \"" + std::string(schema->get_string()) + "\", and this ferry-bench reads \"" +
                         std::string(run_schema) + "\": use the version of ferry-bench that wrote it.");
    }
    const auto* kind = result.if_contains("kind");
    const std::string name = kind && kind->is_string() ? std::string(kind->get_string()) : "";
    if (name == "sweep") {
        check_list(file, result, "runs");
    } else if (name == "compare") {
        check_list(file, result, "targets");
        check_list(file, result, "differences");
    } else if (name != "load") {
        refuse(file, "is of a kind that no report is made of (\"" + name + "\"): load, sweep and compare are.");
    } else if (!result.contains("completed")) {
        refuse(file, "has no \"completed\", which a run has: was it cut or edited?");
    }
}

// Inside <script> only '<' means anything, and in JSON it stands in strings alone.
void append_for_script(std::string_view text, std::string& out) {
    for (const char c : text) {
        if (c == '<') {
            out += "\\u003c";
        } else {
            out += c;
        }
    }
}

}  // namespace

run_file read_run_file(const std::string& path) {
    std::error_code error;
    if (std::filesystem::is_directory(path, error)) {
        throw std::runtime_error(path + " is a folder. " + std::string(how_made));
    }
    std::ifstream in(path, std::ios::binary);
    if (!in) throw std::runtime_error("cannot read " + path + ": " + std::strerror(errno));
    std::stringstream text;
    text << in.rdbuf();
    return {path, text.str()};
}

std::string report_page(const std::vector<run_file>& files) {
    std::string page(page_before_runs);
    page += '[';
    for (const auto& file : files) {
        check(file);
        if (page.back() != '[') page += ',';
        page += "{\"file\":";
        append_for_script(json::serialize(json::string(file.name)), page);
        page += ",\"result\":";
        append_for_script(file.text, page);
        page += '}';
    }
    page += ']';
    page += page_after_runs;
    return page;
}

}  // namespace ferry::bench
