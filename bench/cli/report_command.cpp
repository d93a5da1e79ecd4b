#include "cli/report_command.hpp"

#include <CLI/CLI.hpp>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iostream>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "page/report_page.hpp"

namespace ferry::bench {
namespace {

struct report_options {
    std::vector<std::string> runs;
    std::string output = "report.html";
};

int write_report(const report_options& options) {
    std::vector<run_file> files;
    for (const auto& path : options.runs) files.push_back(read_run_file(path));
    const std::string page = report_page(files);
    std::ofstream out(options.output, std::ios::binary);
    out << page;
    out.close();
    if (!out) throw std::runtime_error("-o: cannot write " + options.output + ": " + std::strerror(errno));
    std::cout << "wrote " << options.output << " (" << (page.size() + 512) / 1024 << " KiB): open it in a browser\n";
    return 0;
}

}  // namespace

command add_report_command(CLI::App& app) {
    const auto options = std::make_shared<report_options>();
    auto* report = app.add_subcommand("report", "One HTML file about one or many runs of load and compare.");
    report->add_option("RUN.json", options->runs, "what load or compare wrote with --json")->required();
    report->add_option("-o,--output", options->output, "the file to write")->capture_default_str();
    return {report, [options] { return write_report(*options); }};
}

}  // namespace ferry::bench
