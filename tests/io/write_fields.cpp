// write_fields DIRECTORY DIMENSIONS: writes the sample fields as a run would, at steps 0 and 50, for
// test_vtk_reads_fields.py.
#include <cstdlib>

#include "io/field_writer.hpp"
#include "parallel/session.hpp"
#include "sample_fields.hpp"

int main(int argc, char** argv) {
  using namespace bimetal;
  const parallel::Session session(argc, argv);
  if (argc != 3) return 2;
  const auto extents = test::sample_extents(session.world(), std::atoi(argv[2]));
  const test::SampleFields sample(extents);
  io::FieldWriter writer(argv[1], extents, session.world());
  writer.write(0, 0.0, sample.fields());
  writer.write(50, 2.5e-5, sample.fields());
}
