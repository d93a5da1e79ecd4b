#include "app/metric_sheet.hpp"

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <limits>
#include <unordered_map>
#include <vector>

namespace ferry::app {

using prometheus::ClientMetric;
using prometheus::MetricType;

struct metric_sheet::families {
    std::vector<prometheus::MetricFamily> all;
    std::unordered_map<std::string, std::size_t> by_name;
    std::vector<std::unordered_map<std::string, std::size_t>> by_labels;  // of each family
    std::size_t current = 0;
    std::string key;

    void begin(std::string_view name, std::string_view help, MetricType type) {
        const auto [found, is_new] = by_name.try_emplace(std::string(name), all.size());
        current = found->second;
        if (!is_new) return;
        all.push_back({std::string(name), std::string(help), type, {}});
        by_labels.emplace_back();
    }

    ClientMetric& metric(metric_labels labels) {
        key.clear();
        for (const auto& [name, value] : labels) key.append(name).append(1, '\0').append(value).append(1, '\0');
        auto& metrics = all[current].metric;
        const auto [found, is_new] = by_labels[current].try_emplace(key, metrics.size());
        if (is_new) {
            auto& made = metrics.emplace_back();
            for (const auto& [name, value] : labels) made.label.push_back({std::string(name), std::string(value)});
        }
        return metrics[found->second];
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
    auto& metric = families_->metric(labels);
    const bool is_counter = families_->all[families_->current].type == MetricType::Counter;
    (is_counter ? metric.counter.value : metric.gauge.value) += value;
    return *this;
}

metric_sheet& metric_sheet::add(const histogram_view& values, metric_labels labels) {
    auto& into = families_->metric(labels).histogram;
    into.bucket.resize(values.counts.size());
    std::uint64_t count = 0;
    for (std::size_t i = 0; i < values.counts.size(); ++i) {
        count += values.counts[i];
        into.bucket[i].cumulative_count += count;
        into.bucket[i].upper_bound = i < values.upper.size() ? static_cast<double>(values.upper[i]) / values.scale
                                                             : std::numeric_limits<double>::infinity();
    }
    // The count of what was read, not one read a moment later: a histogram must agree with itself.
    into.sample_count += count;
    into.sample_sum += static_cast<double>(values.sum) / values.scale;
    return *this;
}

std::string metric_sheet::text() const {
    return prometheus::TextSerializer().Serialize(families_->all);
}

}  // namespace ferry::app
