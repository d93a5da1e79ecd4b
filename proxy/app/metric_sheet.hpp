// One scrape: metric families as they are gathered, and their text.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace ferry::app {

using metric_labels = std::initializer_list<std::pair<std::string_view, std::string_view>>;

// A histogram as it was read; the last count is of what lies above all bounds. Bounds and sum are divided by `scale`.
struct histogram_view {
    std::span<const std::uint64_t> upper;
    std::span<const std::uint64_t> counts;
    std::uint64_t sum = 0;
    double scale = 1;
};

// Figures of the same name and labels are added up: each core brings its own. A family is told even when it has no
// figures. Owned by the scrape; lives on its thread. REQUIRES: one name always comes with one help and one kind.
class metric_sheet {
public:
    metric_sheet();
    ~metric_sheet();
    metric_sheet(const metric_sheet&) = delete;
    metric_sheet& operator=(const metric_sheet&) = delete;

    // Begins or goes on with a family: what is added next belongs to it.
    metric_sheet& counter(std::string_view name, std::string_view help);
    metric_sheet& gauge(std::string_view name, std::string_view help);
    metric_sheet& histogram(std::string_view name, std::string_view help);

    metric_sheet& add(double value, metric_labels labels = {});
    metric_sheet& add(const histogram_view& values, metric_labels labels = {});

    // The text exposition format, version 0.0.4.
    std::string text() const;

private:
    struct families;
    std::unique_ptr<families> families_;
};

}  // namespace ferry::app
