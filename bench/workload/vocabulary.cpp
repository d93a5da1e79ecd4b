#include "workload/vocabulary.hpp"

#include <algorithm>

#include "workload/dice.hpp"

namespace ferry::bench {
namespace {

// Each is one token in o200k_base, cl100k_base and the vocabularies of Qwen 2.5, Qwen 3.6 and DeepSeek V3.
constexpr std::size_t count = 512;
constexpr std::string_view listed =
    "able about above access account action activity address after again ago air all allow along already also alt "
    "always amount and another any are area around array ask author auto away back bad bar base based because bed "
    "been before begin being below best better between big bit block body book box break build bus business button "
    "call called cam camp can card care case catch cell cent change check child clear click client close code color "
    "come comment company complete connect consider contact content context continue control copy cost could count "
    "country course cover create created current data date dating day days deal default design details develop did "
    "direct display div document doing done door double download due during easy effect either elect element email "
    "end error even event every example exist expect extra face fact false family far features feel few field film "
    "find first focus follow food for form found four free friend from full fund future game games get getting give "
    "given global good got group had hand handle hard has having head health help her here high him hold home hope "
    "host hot hours house how human image include index info inform initial input instance interest into item items "
    "job keep key kids kind know known label land large last later law lead learn least left length less level life "
    "light like line link little live local location log long look looking lot love low main major makes making many "
    "mark market mass match material max may means media members message met method might mind minutes model moment "
    "money month months more most move much multi music must name need net network never new news next night node not "
    "now number object off often old once online only open options order organ original other others our output over "
    "own pack page pass past path pay people perfect perform period person personal pick pie place plan play player "
    "please plus point points port possible post power present press price print private problem process product "
    "program project property provide provided put quality quest question quick range real really reason record red "
    "report request required research response rest result results return review right role room row run said same "
    "save say school search season second see select send sent series service services set share short should show "
    "side sign simple since single sit site size small social software some sort source space special specific stand "
    "start state status stay still store story strong students study style subject success such sum super support "
    "system table talk target task team tell temp ten term text than that the then there they thing things think this "
    "those though thought three through throw time times title today too tool top total track try turn two type under "
    "until update use used users using value version via video view visit wait walk want was water way website week "
    "well were what when where whether which while who why width win with within without women won word work working "
    "world write writing year yet you your";

constexpr std::size_t river_length = 1 << 15;
// 7 words of 512 say 63 bits of a key: no prompt begins like another one, so that no server answers from its cache.
constexpr std::size_t opening = 7;

}  // namespace

std::string_view vocabulary::words() {
    return listed;
}

vocabulary::vocabulary() {
    std::vector<std::string_view> all;
    for (auto rest = listed; !rest.empty();) {
        const auto end = std::min(rest.find(' '), rest.size());
        all.push_back(rest.substr(0, end));
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    // First every word by its number, for openings, then the river.
    dice drawn(1);
    for (std::size_t i = 0; i < count + river_length; ++i) {
        begins_.push_back(static_cast<std::uint32_t>(river_.size()));
        river_.append(" ").append(all[i < count ? i : drawn.below(all.size())]);
    }
    begins_.push_back(static_cast<std::uint32_t>(river_.size()));
}

void vocabulary::append(std::uint32_t tokens, std::uint64_t key, std::string& out) const {
    std::size_t left = tokens;
    const auto put = [&](std::size_t first, std::size_t words) {
        out.append(river_, begins_[first], begins_[first + words] - begins_[first]);
        left -= words;
    };
    dice from(key);
    auto number = from.next();
    for (std::size_t i = 0; i < opening && left > 0; ++i, number >>= 9) put(number % count, 1);
    for (auto at = from.below(river_length); left > 0; at = 0) {
        put(count + at, std::min(left, river_length - static_cast<std::size_t>(at)));
    }
}

}  // namespace ferry::bench
