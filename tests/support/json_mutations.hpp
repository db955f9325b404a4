#pragma once

#include <algorithm>
#include <functional>
#include <iterator>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "text_mutations.hpp"

namespace bimetal::testing {

/// A value within a document, and who holds it.
struct JsonPlace {
  nlohmann::ordered_json* value;
  nlohmann::ordered_json* holder;  // null for the document
  std::string key;                 // in an object
  std::size_t index = 0;           // in a list
};

/// A random one; as often within a short list as within a long one, which would else be all that is ever hit.
inline JsonPlace random_place(nlohmann::ordered_json& document, Dice& dice) {
  JsonPlace place{&document, nullptr, ""};
  while (place.value->is_structured() && !place.value->empty()) {
    if (place.holder != nullptr && dice.below(4) == 0) break;
    auto inner = std::next(place.value->begin(), static_cast<std::ptrdiff_t>(dice.below(place.value->size())));
    place = place.value->is_object()
                ? JsonPlace{&*inner, place.value, inner.key()}
                : JsonPlace{&*inner, place.value, "", static_cast<std::size_t>(inner - place.value->begin())};
  }
  return place;
}

/// How many brackets are open at most, be they of lists or of texts.
inline int nesting(const std::string& text) {
  int depth = 0, deepest = 0;
  for (const char c : text) {
    depth += c == '[' || c == '{' ? 1 : c == ']' || c == '}' ? -1 : 0;
    deepest = std::max(deepest, depth);
  }
  return deepest;
}

/// Applies `change` to a random value of a text that is JSON; leaves any other alone, and what is nested so deeply
/// that copying it would overflow the stack.
template <class Change>
std::function<void(std::string&, Dice&)> on_json(Change change) {
  return [change](std::string& text, Dice& dice) {
    if (nesting(text) > 64) return;
    auto document = nlohmann::ordered_json::parse(text, nullptr, /*allow_exceptions=*/false);
    if (document.is_discarded() || !document.is_structured() || document.empty()) return;
    change(document, random_place(document, dice), dice);
    text = document.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
  };
}

/// For JSON that is read as metadata: what stays JSON, and says something else.
inline Mutations json_mutations() {
  using Json = nlohmann::ordered_json;
  static const std::vector<Json> hostile{nullptr,
                                         true,
                                         false,
                                         "",
                                         "x",
                                         "T",
                                         "1e5",
                                         "a\nb",
                                         "\u0000",
                                         0,
                                         1,
                                         2,
                                         -1,
                                         0.5,
                                         -0.0,
                                         1e308,
                                         -1e308,
                                         1e-308,
                                         5e-324,
                                         1e30,
                                         3.5e38,
                                         1e18,
                                         2147483647,
                                         2147483648LL,
                                         -2147483649LL,
                                         9223372036854775807LL,
                                         18446744073709551615ULL,
                                         Json::array(),
                                         Json::object(),
                                         Json{Json::array()},
                                         Json{{"a", 1}}};
  static const auto beyond = listed("1e999; -1e999; NaN; Infinity; 1e; 0x1; 1.; 00; \"\\ud800\"; \"; {; [; }; ],");
  return {
      {"a hostile value", on_json([](Json&, const JsonPlace& at, Dice& dice) { *at.value = dice.pick(hostile); })},
      {"another hostile value",
       on_json([](Json&, const JsonPlace& at, Dice& dice) { *at.value = dice.pick(hostile); })},
      {"a number changed", on_json([](Json&, const JsonPlace& at, Dice& dice) {
         static const std::vector<double> factors{-1.0, 0.0, 0.999, 1.0000001, 2.0, 1e-30, 1e30, 1e300};
         if (at.value->is_number()) *at.value = at.value->get<double>() * dice.pick(factors);
       })},
      {"a value left out", on_json([](Json&, const JsonPlace& at, Dice&) {
         if (at.holder->is_object())
           at.holder->erase(at.key);
         else
           at.holder->erase(at.index);
       })},
      {"a value doubled", on_json([](Json&, const JsonPlace& at, Dice&) {
         if (at.holder->is_array())
           at.holder->push_back(Json(*at.value));
         else
           (*at.holder)[at.key + "_"] = Json(*at.value);
       })},
      {"two values swapped", on_json([](Json& document, const JsonPlace& at, Dice& dice) {
         const Json value = *at.value;
         const auto other = random_place(document, dice);
         const Json replaced = *other.value;
         *at.value = replaced;  // `other` may lie within and be gone: it keeps what it is
         if (!value.is_structured() && !replaced.is_structured()) *other.value = value;
       })},
      {"a long list", on_json([](Json&, const JsonPlace& at, Dice& dice) {
         const Json value = at.value->is_structured() ? Json(65536) : *at.value;
         *at.value = Json(std::size_t{1} << (1 + dice.below(14)), value);
       })},
      {"a long text", on_json([](Json&, const JsonPlace& at, Dice& dice) {
         *at.value = std::string(std::size_t{1} << (6 + dice.below(14)), 'x');
       })},
      {"deep JSON",
       [](std::string& text, Dice& dice) {
         const std::size_t depth = std::size_t{1} << (3 + dice.below(15));
         const std::string open = dice.below(2) == 0 ? "[" : "{\"a\":", close = open == "[" ? "]" : "}";
         std::string deep;
         for (std::size_t i = 0; i < depth; ++i) deep += open;
         deep += "1";
         for (std::size_t i = 0; i < depth; ++i) deep += close;
         random_token(text, dice).replace(text, deep);
       }},
      {"a token that is no JSON",
       [](std::string& text, Dice& dice) { random_token(text, dice).replace(text, dice.pick(beyond)); }},
  };
}

}  // namespace bimetal::testing
