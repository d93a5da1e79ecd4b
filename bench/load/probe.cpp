#include "load/probe.hpp"

#include <unistd.h>

#include <iostream>
#include <stdexcept>

#include "http/json_members.hpp"
#include "load/report/table.hpp"

namespace ferry::bench {
namespace {

// What an error body says, or its beginning.
std::string said_in(const std::string& body) {
    std::string text;
    for (json_members m(body); m.next();) {
        if (m.name() == "message" || m.name() == "detail") append_text(m.value(), text);
        if (m.name() != "error") continue;
        if (m.value().front() == '"') append_text(m.value(), text);
        for (json_members e(m.value()); e.next();) {
            if (e.name() == "message") append_text(e.value(), text);
        }
    }
    if (text.empty()) text = body.substr(0, 200);
    for (char& c : text) {
        if (static_cast<unsigned char>(c) < ' ') c = ' ';
    }
    return text.empty() ? "" : ": " + text;
}

std::string what_to_do(const request_outcome& o, const load_options& load) {
    const auto key = load.work.keys.empty();
    switch (o.status) {
        case 401:
        case 403:
            return key ? "it wants an API key: give --api-key KEY or set FERRY_BENCH_API_KEY"
                       : "it does not take this API key: give another --api-key";
        case 404:
            return "it has no such path or model: see whether --base-url ends where an OpenAI client's would (mostly "
                   "in "
                   "/v1), and whether it serves --model";
        case 400:
        case 422:
            return "it does not take such a request: see --model, --operation, --output-tokens and --extra-body";
        case 405:
            return "nothing takes a POST there: see whether --base-url ends where an OpenAI client's would, mostly in "
                   "/v1";
        case 429:
            return "it limits requests: wait, or give another --api-key";
    }
    if (o.status >= 300 && o.status < 400) return "it sends elsewhere: give the --base-url that it means";
    return "see that it works before it is put under load";
}

std::string problem_of(const request_outcome& o, const load_options& load) {
    if (o.error == "connect_failed") return "no connection (" + o.example + "): is it running, and is this its port?";
    if (o.error == "tls_failed") {
        return o.example +
               "; is this an https port? --ca-file takes a certificate authority of your own, --insecure "
               "any certificate";
    }
    if (o.error == "bad_http") return "it does not speak HTTP/1.1 (" + o.example + "); if it wants TLS, say https://";
    if (o.error == "connection_closed" || o.error == "connection_reset") {
        return "it ends the connection without an answer (" + o.example + "); if it wants TLS, say https://";
    }
    if (o.error == "not_a_stream") {
        return "asked for a stream it answered otherwise" + said_in(o.example) + "; --no-stream asks for whole answers";
    }
    if (o.error == "not_an_answer" || o.error == "empty_stream") {
        return "what it answers is no answer of OpenAI's API" + said_in(o.example) + "; see --base-url and --operation";
    }
    if (o.status >= 300)
        return "it answered " + std::to_string(o.status) + said_in(o.example) + "; " + what_to_do(o, load);
    return o.error + said_in(o.example);
}

double seconds_of(nanoseconds n) {
    return std::chrono::duration<double>(n).count();
}

// 0: nobody can know, as it depends on how fast the target is.
double requests_of(const load_options& load, const sweep_plan& plan) {
    const double points = plan.points.empty() ? 1 : static_cast<double>(plan.points.size());
    if (load.requests > 0) return static_cast<double>(load.requests) * points;
    double rates = load.rate;
    if (plan.is_rate) {
        for (const double r : plan.points) rates += r;
    }
    return rates * seconds_of(load.duration + load.warmup);
}

}  // namespace

void confirm(const load_options& load, const sweep_plan& plan) {
    const workload work(load.work);
    const double requests = requests_of(load, plan);
    const double input = work.mean_input_tokens(), output = work.mean_output_tokens();
    std::string text = load.base_url + " is not on this machine, and load may cost money or harm others: ";
    text += requests > 0 ? "about " + shown_count(static_cast<std::uint64_t>(requests + 0.5)) + " requests"
            : load.work.trace_file.empty() ? "as many requests as it answers in " +
                                                 std::to_string(static_cast<int>(seconds_of(load.duration))) + " s"
                                           : "all requests of the trace";
    const bool is_total = requests > 0;
    const auto tokens = [&](double each, const char* way) {
        if (each <= 0) return std::string("an unknown number of tokens ") + way;
        return shown_count(static_cast<std::uint64_t>(each * (is_total ? requests : 1) + 0.5)) + " tokens " + way;
    };
    text += is_total ? ", estimated at " : ", each estimated at ";
    text += tokens(input, "in") + " and " + tokens(output, "out");
    if (!isatty(STDIN_FILENO)) throw std::runtime_error(text + ". Give --yes to begin");
    std::cerr << text << ".\nBegin? [y/N] " << std::flush;
    std::string answer;
    std::getline(std::cin, answer);
    if (answer != "y" && answer != "Y" && answer != "yes") throw std::runtime_error("not begun");
}

void look_at_target(const load_options& load, const load_target& target) {
    const auto o = probe(load, target);
    if (!o.has_failed()) return;
    throw std::runtime_error(load.base_url + std::string(path_of(load.work.operation)) + ": " + problem_of(o, load) +
                             ". No load was begun");
}

}  // namespace ferry::bench
