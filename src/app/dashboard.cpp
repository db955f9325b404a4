#include "app/dashboard.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "io/progress.hpp"

namespace bimetal::app {
namespace {

constexpr std::size_t recent_steps = 20;
constexpr std::size_t label_width = 14, figure_width = 35;

double sum(std::span<const double> values) { return std::accumulate(values.begin(), values.end(), 0.0); }

std::span<const double> recent(std::span<const double> values) {
  return values.last(std::min(values.size(), recent_steps));
}

std::string bar(double share, std::size_t width) {
  const auto full = static_cast<std::size_t>(std::lround(std::clamp(share, 0.0, 1.0) * static_cast<double>(width)));
  std::string text;
  for (std::size_t i = 0; i < width; ++i) text += i < full ? "█" : "░";
  return text;
}

/// A line: what, figures, and how it went.
std::string line(const std::string& label, const std::string& figures, const std::string& picture) {
  if (picture.find_first_not_of(' ') == std::string::npos) return fmt::format("{:<{}}{}\n", label, label_width, figures);
  return fmt::format("{:<{}}{:<{}}{}\n", label, label_width, figures, figure_width, picture);
}

/// The lines of a text as far as they fit: a line that wraps is two for the cursor.
std::string clipped(const std::string& text, std::size_t width) {
  std::string result;
  std::size_t column = 0;
  for (const char byte : text) {
    const bool begins_character = (static_cast<unsigned char>(byte) & 0xc0U) != 0x80U;
    if (byte == '\n')
      column = 0;
    else if (begins_character)
      ++column;
    if (byte == '\n' || column <= width) result += byte;
  }
  return result;
}

/// Element-wise a / b, 0 where there is nothing to divide by.
std::vector<double> ratio(std::span<const double> a, std::span<const double> b) {
  std::vector<double> result(a.size(), 0.0);
  for (std::size_t i = 0; i < a.size(); ++i)
    if (b[i] > 0.0) result[i] = a[i] / b[i];
  return result;
}

std::string progress_line(const RunView& run, std::size_t width) {
  const auto time = run.column("time_s"), wall = run.column("wall_s");
  const std::size_t n = run.n_steps();
  const double fraction = n > 0 ? std::clamp(time.back() / run.end, 0.0, 1.0) : 0.0;
  std::string words = fmt::format(" {:3.0f} %  step {}", 100.0 * fraction, n > 0 ? run.column("step").back() : 0.0);
  if (n > recent_steps) {
    const std::size_t back = n - 1 - recent_steps;
    const double seconds = wall[n - 1] - wall[back];
    const double left = run.end - time[n - 1];
    if (seconds > 0.0) {
      words += fmt::format("  {:.3g} steps/s", static_cast<double>(recent_steps) / seconds);
      if (!run.is_over && left > 0.0)
        words += "  " + io::format_duration(left / (time[n - 1] - time[back]) * seconds) + " left";
    }
  }
  const std::size_t room = width > words.size() + 2 ? width - words.size() - 2 : 8;
  return bar(fraction, std::min<std::size_t>(room, 30)) + words + "\n";
}

/// Who gave the answers of late, and how that changed over the run.
std::string answers(const RunView& run, std::size_t picture_width) {
  constexpr std::array<std::pair<const char*, const char*>, 4> who{
      {{"surrogate", "accepted"}, {"physics", "rejected"}, {"explicit", "explicit"}, {"inert", "inert"}}};
  std::vector<double> all(run.n_steps(), 0.0);
  for (const auto& [label, name] : who) {
    const auto column = run.column(name);
    for (std::size_t i = 0; i < all.size(); ++i) all[i] += column[i];
  }
  std::string text;
  for (const auto& [label, name] : who) {
    const auto column = run.column(name);
    const auto share = ratio(column, all);
    const double total = sum(all), late = sum(recent(all));
    text += line(label,
                 fmt::format("{:5.1f} % of all now, {:5.1f} % so far", late > 0.0 ? 100.0 * sum(recent(column)) / late : 0.0,
                             total > 0.0 ? 100.0 * sum(column) / total : 0.0),
                 sparkline(share, picture_width, 1.0));
  }
  return text;
}

std::string errors(const RunView& run, std::size_t picture_width) {
  const auto audited = run.column("audited"), wrong = run.column("audited_wrong");
  const double n = sum(audited);
  std::string text = line("audits", fmt::format("{:.0f}, {:.0f} of them wrong", n, sum(wrong)),
                          sparkline(ratio(wrong, audited), picture_width));
  const std::string allowed = fmt::format("{:g} % may be wrong", 100.0 * run.wrong_fraction);
  if (run.upper_bound && sum(run.column("accepted")) > 0.0)
    text += line("certificate", fmt::format("at most {:.2f} % wrong; {}", 100.0 * *run.upper_bound, allowed), "");
  else
    text += line("tolerance", fmt::format("{:g} scales; {}", run.tolerance, allowed), "");
  const auto threshold = run.column("threshold");
  if (!threshold.empty() && threshold.back() > 0.0)
    text +=
        line("threshold", fmt::format("{:.3g} tolerances", threshold.back()), sparkline(threshold, picture_width));
  return text;
}

std::string learning(const RunView& run, std::size_t picture_width) {
  const auto version = run.column("version"), loss = run.column("loss");
  if (version.empty()) return "";
  const std::string serving = version.back() < 0.0 ? "none yet" : fmt::format("{:.0f} serves", version.back());
  return line("version", serving, sparkline(version, picture_width)) +
         line("loss", fmt::format("{:.3g}", loss.back()), sparkline(loss, picture_width));
}

std::string costs(const RunView& run) {
  constexpr std::array<std::pair<const char*, const char*>, 5> parts{{{"physics", "physics_s"},
                                                                      {"inference", "inference_s"},
                                                                      {"training", "training_s"},
                                                                      {"audits", "audit_s"},
                                                                      {"transport", "transport_s"}}};
  std::string words;
  for (const auto& [label, name] : parts)
    if (run.history.contains(name))
      words += fmt::format("{}{} {:.3g} s", words.empty() ? "" : ", ", label, sum(run.column(name)));
  std::string text = line("spent", words, "");
  if (run.net_speedup)
    return text + line("net speed-up", fmt::format("{:.2f} of the whole run", *run.net_speedup), "");
  // What the accepted rows would have cost is judged by the rows that physics solved.
  const double solved = sum(run.column("rejected")), accepted = sum(run.column("accepted"));
  const auto wall_s = run.column("wall_s");
  if (solved <= 0.0 || run.n_steps() < 2) return text;
  const double saved = accepted * sum(run.column("physics_s")) / solved;
  const double paid = sum(run.column("inference_s")) + sum(run.column("training_s")) + sum(run.column("audit_s"));
  const double wall = wall_s.back() - wall_s.front();  // a run may have begun elsewhere
  return text + line("net speed-up", fmt::format("about {:.2f} so far", (wall + saved - paid) / wall), "");
}

}  // namespace

std::string sparkline(std::span<const double> values, std::size_t width, double highest) {
  constexpr std::array<const char*, 9> heights{" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
  if (values.empty() || width == 0) return "";
  const std::size_t bars = std::min(width, values.size());
  std::vector<double> means;
  for (std::size_t i = 0; i < bars; ++i) {
    const std::size_t from = i * values.size() / bars, to = (i + 1) * values.size() / bars;
    means.push_back(sum(values.subspan(from, to - from)) / static_cast<double>(to - from));
  }
  const double top = std::max(highest, *std::ranges::max_element(means));
  std::string text;
  for (const double mean : means) {
    const double height = top > 0.0 && mean > 0.0 ? std::clamp(mean / top * 8.0, 0.0, 8.0) : 0.0;
    text += heights[static_cast<std::size_t>(std::ceil(height))];
  }
  return text;
}

std::string draw_dashboard(const RunView& run, std::size_t width) {
  const std::size_t used = label_width + figure_width;
  const std::size_t picture = width > used + 8 ? width - used : 8;
  return clipped(fmt::format("{}  {}  {}\n", run.name, run.is_over ? "is over" : "runs", run.directory) +
                     progress_line(run, width) + answers(run, picture) + errors(run, picture) +
                     learning(run, picture) + costs(run),
                 width);
}

}  // namespace bimetal::app
