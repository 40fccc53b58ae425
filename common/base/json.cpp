#include "base/json.hpp"

#include <algorithm>
#include <set>

#include "base/error.hpp"
#include "base/text.hpp"

namespace base {
namespace {

// "LINE:COLUMN" of the byte at `offset`, both from 1.
std::string position(std::string_view text, std::size_t offset) {
  const auto before = text.substr(0, std::min(offset, text.size()));
  const auto line = std::count(before.begin(), before.end(), '\n') + 1;
  const auto last_break = before.rfind('\n');
  const auto column = before.size() - (last_break == std::string_view::npos ? 0 : last_break + 1) + 1;
  return std::to_string(line) + ":" + std::to_string(column);
}

// Builds the value and refuses what the strict rules refuse. nlohmann's own DOM builder does the building.
class StrictBuilder : public nlohmann::json_sax<Json> {
 public:
  StrictBuilder(Json& result, int max_depth) : dom_(result, true), max_depth_(max_depth) {}

  bool null() override { return dom_.null(); }
  bool boolean(bool value) override { return dom_.boolean(value); }
  bool number_integer(number_integer_t value) override { return dom_.number_integer(value); }
  bool number_unsigned(number_unsigned_t value) override { return dom_.number_unsigned(value); }
  bool number_float(number_float_t value, const string_t& text) override {
    return dom_.number_float(value, text);
  }
  bool string(string_t& value) override { return dom_.string(value); }
  bool binary(binary_t& value) override { return dom_.binary(value); }
  bool start_object(std::size_t size) override {
    keys_.emplace_back();
    return descend() && dom_.start_object(size);
  }
  bool end_object() override {
    keys_.pop_back();
    --depth_;
    return dom_.end_object();
  }
  bool start_array(std::size_t size) override { return descend() && dom_.start_array(size); }
  bool end_array() override {
    --depth_;
    return dom_.end_array();
  }
  bool key(string_t& name) override {
    if (!keys_.back().insert(name).second) {
      throw Error(ErrorKind::input, "duplicate key '" + printable(name, 100) + "'");
    }
    return dom_.key(name);
  }
  bool parse_error(std::size_t position, const std::string&,
                   const nlohmann::detail::exception& error) override {
    throw Failure{position, error.what()};
  }

  struct Failure {
    std::size_t position;
    std::string message;
  };

 private:
  bool descend() {
    if (++depth_ > max_depth_) {
      throw Error(ErrorKind::input, "nested deeper than " + std::to_string(max_depth_) + " levels");
    }
    return true;
  }

  nlohmann::detail::json_sax_dom_parser<Json> dom_;
  std::vector<std::set<std::string>> keys_;
  int max_depth_;
  int depth_ = 0;
};

// nlohmann's message without its bracketed prefix and position, which we say in our own form.
std::string reason(const std::string& message) {
  const auto colon = message.find(": ");
  return printable(colon == std::string::npos ? message : message.substr(colon + 2), 300);
}

Error wrong_type(std::string_view key, std::string_view expected, const Json& value, std::string_view where) {
  return Error(ErrorKind::input, std::string(where) + ": '" + std::string(key) + "' is " + value.type_name() +
                                     ", expected " + std::string(expected));
}

const Json* find(const Json& object, std::string_view key, std::string_view where) {
  if (!object.is_object()) {
    throw Error(ErrorKind::input, std::string(where) + ": expected an object, got " + object.type_name());
  }
  const auto found = object.find(std::string(key));
  return found == object.end() || found->is_null() ? nullptr : &*found;
}

}  // namespace

Json parse_json(std::string_view text, std::string_view where, JsonLimits limits) {
  const std::string at(where);
  if (text.size() > limits.max_bytes) {
    throw Error(ErrorKind::input, at + ": JSON of " + human_bytes(text.size()) + ", the limit is " +
                                      human_bytes(limits.max_bytes));
  }
  if (!is_valid_utf8(text)) throw Error(ErrorKind::input, at + ": JSON is not valid UTF-8");
  Json result;
  StrictBuilder builder(result, limits.max_depth);
  try {
    Json::sax_parse(text, &builder);
  } catch (const StrictBuilder::Failure& failure) {
    throw Error(ErrorKind::input, at + ":" +
                                      position(text, failure.position == 0 ? 0 : failure.position - 1) +
                                      ": " + reason(failure.message));
  } catch (const Error& error) {
    throw error.with_context(at);
  } catch (const nlohmann::json::exception& error) {
    throw Error(ErrorKind::input, at + ": " + reason(error.what()));
  }
  return result;
}

std::string canonical_json(const Json& value) {
  return value.dump(-1, ' ', false, Json::error_handler_t::strict);
}

const Json& require(const Json& object, std::string_view key, std::string_view where) {
  const Json* value = find(object, key, where);
  if (value == nullptr)
    throw Error(ErrorKind::input, std::string(where) + ": '" + std::string(key) + "' is missing");
  return *value;
}

std::string require_string(const Json& object, std::string_view key, std::string_view where) {
  const Json& value = require(object, key, where);
  if (!value.is_string()) throw wrong_type(key, "a string", value, where);
  return value.get<std::string>();
}

std::int64_t require_integer(const Json& object, std::string_view key, std::string_view where) {
  const Json& value = require(object, key, where);
  if (!value.is_number_integer()) throw wrong_type(key, "an integer", value, where);
  if (value.is_number_unsigned() && value.get<std::uint64_t>() > 9223372036854775807ULL) {
    throw wrong_type(key, "an integer below 2^63", value, where);
  }
  return value.get<std::int64_t>();
}

const Json& require_array(const Json& object, std::string_view key, std::string_view where) {
  const Json& value = require(object, key, where);
  if (!value.is_array()) throw wrong_type(key, "an array", value, where);
  return value;
}

const Json& require_object(const Json& object, std::string_view key, std::string_view where) {
  const Json& value = require(object, key, where);
  if (!value.is_object()) throw wrong_type(key, "an object", value, where);
  return value;
}

std::optional<std::string> optional_string(const Json& object, std::string_view key, std::string_view where) {
  const Json* value = find(object, key, where);
  if (value == nullptr) return std::nullopt;
  if (!value->is_string()) throw wrong_type(key, "a string", *value, where);
  return value->get<std::string>();
}

std::optional<double> optional_number(const Json& object, std::string_view key, std::string_view where) {
  const Json* value = find(object, key, where);
  if (value == nullptr) return std::nullopt;
  if (!value->is_number()) throw wrong_type(key, "a number", *value, where);
  return value->get<double>();
}

void reject_unknown_keys(const Json& object, const std::vector<std::string>& known, std::string_view where) {
  for (const auto& [key, value] : object.items()) {
    if (std::find(known.begin(), known.end(), key) == known.end()) {
      throw Error(ErrorKind::input, std::string(where) + ": unknown key '" + printable(key, 100) + "'" +
                                        did_you_mean_hint(key, known));
    }
  }
}

}  // namespace base
