#include "app/metric_sheet.hpp"

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <array>
#include <charconv>
#include <cmath>
#include <deque>
#include <limits>
#include <unordered_map>
#include <vector>

namespace ferry::app {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

namespace {

constexpr std::size_t numbers_before_buckets = 2;  // the serializer writes count, sum, buckets

// The lines of one set of labels: what stands before each number, and the numbers.
struct metric_lines {
    std::string heads;              // one behind the other
    std::vector<std::size_t> ends;  // of each
    std::vector<double> numbers;
    bool is_told = false;  // since the last text

    explicit metric_lines(const std::string& serialized) {
        for (std::size_t at = 0; at < serialized.size();) {
            const auto end = serialized.find('\n', at);
            const std::string_view line(serialized.data() + at, end - at);
            at = end + 1;
            if (line.starts_with("# ")) continue;
            heads.append(line.substr(0, line.rfind(' ') + 1));
            ends.push_back(heads.size());
        }
        numbers.resize(ends.size());
    }
};

struct family {
    std::string name, help;
    MetricType type;
    std::string intro;  // HELP and TYPE
    std::vector<metric_lines> metrics;
    std::unordered_map<std::string, std::size_t> by_labels;
};

std::string serialize(const family& of, std::vector<ClientMetric> metrics) {
    return prometheus::TextSerializer().Serialize({MetricFamily{of.name, of.help, of.type, std::move(metrics)}});
}

void append_number(std::string& to, double value) {
    constexpr double exact = 1LL << 53;
    std::array<char, 32> text;
    // Without an exponent as long as that is exact: most of them are counts.
    const auto end = std::trunc(value) == value && std::abs(value) < exact
                         ? std::to_chars(text.begin(), text.end(), static_cast<std::int64_t>(value)).ptr
                         : std::to_chars(text.begin(), text.end(), value).ptr;
    to.append(text.begin(), end);
}

void append_lines(std::string& to, metric_lines& from) {
    std::size_t begin = 0;
    for (std::size_t i = 0; i < from.ends.size(); ++i) {
        to.append(from.heads, begin, from.ends[i] - begin);
        append_number(to, from.numbers[i]);
        to += '\n';
        begin = from.ends[i];
    }
}

}  // namespace

struct metric_sheet::families {
    std::deque<family> all;
    std::unordered_map<std::string_view, family*> by_name;  // views into `all`
    family* current = nullptr;
    std::string key;
    std::size_t last_size = 0;

    void begin(std::string_view name, std::string_view help, MetricType type) {
        const auto found = by_name.find(name);
        if (found != by_name.end()) {
            current = found->second;
            return;
        }
        current = &all.emplace_back(family{std::string(name), std::string(help), type, {}, {}, {}});
        current->intro = serialize(*current, {});
        by_name.emplace(current->name, current);
    }

    metric_lines& lines(metric_labels labels, const histogram_view* buckets) {
        key.clear();
        for (const auto& [name, value] : labels) key.append(name).append(1, '\0').append(value).append(1, '\0');
        const auto [found, is_new] = current->by_labels.try_emplace(key, current->metrics.size());
        if (is_new) write_heads(labels, buckets);
        auto& into = current->metrics[found->second];
        into.is_told = true;
        return into;
    }

    void write_heads(metric_labels labels, const histogram_view* buckets) {
        ClientMetric made;
        for (const auto& [name, value] : labels) made.label.push_back({std::string(name), std::string(value)});
        for (std::size_t i = 0; buckets != nullptr && i < buckets->counts.size(); ++i) {
            const bool is_bounded = i < buckets->upper.size();
            made.histogram.bucket.push_back({0, is_bounded ? static_cast<double>(buckets->upper[i]) / buckets->scale
                                                           : std::numeric_limits<double>::infinity()});
        }
        current->metrics.emplace_back(serialize(*current, {made}));
    }

    // Whether all that is kept was told.
    bool write(std::string& to) {
        bool all_told = true;
        for (auto& family : all) {
            to += family.intro;
            for (auto& one : family.metrics) {
                all_told = all_told && one.is_told;
                if (one.is_told) append_lines(to, one);
                one.is_told = false;
                one.numbers.assign(one.numbers.size(), 0);
            }
        }
        return all_told;
    }
};

metric_sheet::metric_sheet() : families_(std::make_unique<families>()) {}
metric_sheet::~metric_sheet() = default;

metric_sheet& metric_sheet::counter(std::string_view name, std::string_view help) {
    families_->begin(name, help, MetricType::Counter);
    return *this;
}

metric_sheet& metric_sheet::gauge(std::string_view name, std::string_view help) {
    families_->begin(name, help, MetricType::Gauge);
    return *this;
}

metric_sheet& metric_sheet::histogram(std::string_view name, std::string_view help) {
    families_->begin(name, help, MetricType::Histogram);
    return *this;
}

metric_sheet& metric_sheet::add(double value, metric_labels labels) {
    families_->lines(labels, nullptr).numbers.front() += value;
    return *this;
}

metric_sheet& metric_sheet::add(const histogram_view& values, metric_labels labels) {
    auto& numbers = families_->lines(labels, &values).numbers;
    double count = 0;
    for (std::size_t i = 0; i < values.counts.size(); ++i) {
        count += static_cast<double>(values.counts[i]);
        numbers[numbers_before_buckets + i] += count;
    }
    // The count of what was read, not one read a moment later: a histogram must agree with itself.
    numbers[0] += count;
    numbers[1] += static_cast<double>(values.sum) / values.scale;
    return *this;
}

std::string metric_sheet::take_text() {
    std::string text;
    text.reserve(families_->last_size + families_->last_size / 8);
    const bool all_told = families_->write(text);
    const auto size = text.size();
    // An endpoint that is gone, say: all is written anew, or what has been would stay for ever.
    if (!all_told) families_ = std::make_unique<families>();
    families_->last_size = size;
    return text;
}

}  // namespace ferry::app
