#include "io/xdmf.hpp"

#include <fmt/format.h>

#include <iterator>
#include <stdexcept>

namespace bimetal::io {
namespace {

std::string number_type(Scalar scalar) {
  switch (scalar) {
    case Scalar::float64: return R"(NumberType="Float" Precision="8")";
    case Scalar::int32: return R"(NumberType="Int" Precision="4")";
    case Scalar::uint8: return R"(NumberType="UChar" Precision="1")";
  }
  throw std::logic_error("no such scalar");
}

std::string escaped(const std::string& text) {
  std::string result;
  for (const char c : text) switch (c) {
      case '&': result += "&amp;"; break;
      case '<': result += "&lt;"; break;
      case '>': result += "&gt;"; break;
      case '"': result += "&quot;"; break;
      default: result += c;
    }
  return result;
}

std::string geometry(const grid::Extents& extents) {
  const auto item = [](double z, double y, double x) {
    return fmt::format(
        "          <DataItem Format=\"XML\" Dimensions=\"3\" NumberType=\"Float\" Precision=\"8\">{} {} "
        "{}</DataItem>\n",
        z, y, x);
  };
  const auto& [nx, ny, nz] = extents.cells;
  return fmt::format("        <Topology TopologyType=\"3DCoRectMesh\" Dimensions=\"{} {} {}\"/>\n", nz + 1, ny + 1,
                     nx + 1) +
         "        <Geometry GeometryType=\"ORIGIN_DXDYDZ\">\n" +
         item(extents.lower[2], extents.lower[1], extents.lower[0]) +
         item(extents.spacing(2), extents.spacing(1), extents.spacing(0)) + "        </Geometry>\n";
}

std::string attribute(const grid::Extents& extents, const Snapshot::Field& field, const std::string& file) {
  const auto& [nx, ny, nz] = extents.cells;
  const auto name = escaped(field.name);
  return fmt::format(
      "        <Attribute Name=\"{}\" AttributeType=\"Scalar\" Center=\"Cell\">\n"
      "          <DataItem Format=\"HDF\" Dimensions=\"{} {} {}\" {}>{}:/fields/{}</DataItem>\n"
      "        </Attribute>\n",
      name, nz, ny, nx, number_type(field.scalar), file, name);
}

}  // namespace

std::string field_file_name(std::int64_t step) { return fmt::format("fields_{:06}.h5", step); }

std::string xdmf_document(const grid::Extents& extents, std::span<const Snapshot> snapshots) {
  const std::string image = geometry(extents);
  std::string text =
      "<?xml version=\"1.0\"?>\n"
      "<Xdmf Version=\"3.0\">\n"
      "  <Domain>\n"
      "    <Grid Name=\"fields\" GridType=\"Collection\" CollectionType=\"Temporal\">\n";
  for (const auto& snapshot : snapshots) {
    fmt::format_to(std::back_inserter(text),
                   "      <Grid Name=\"step {}\" GridType=\"Uniform\">\n        <Time Value=\"{}\"/>\n",
                   snapshot.step, snapshot.time);
    text += image;
    for (const auto& field : snapshot.fields) text += attribute(extents, field, field_file_name(snapshot.step));
    text += "      </Grid>\n";
  }
  return text + "    </Grid>\n  </Domain>\n</Xdmf>\n";
}

}  // namespace bimetal::io
