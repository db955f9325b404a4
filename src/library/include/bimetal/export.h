/* What a program may use of libbimetal is visible; everything else stays inside. */
#ifndef BIMETAL_EXPORT_H
#define BIMETAL_EXPORT_H

#define BIMETAL_API __attribute__((visibility("default")))

#endif
