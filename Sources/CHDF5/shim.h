// HDF5 spells types, property classes and flags as macros that expand to run-time values, which the importer drops.
// Each gets a function of its name; nothing else is here.
#include <hdf5.h>
#include <hdf5_hl.h>

#define METAPLAST_H5(T, name, value)                                                                                   \
  static inline T h5_##name(void) { return (value); }

METAPLAST_H5(hid_t, native_int8, H5T_NATIVE_INT8)
METAPLAST_H5(hid_t, native_int32, H5T_NATIVE_INT32)
METAPLAST_H5(hid_t, native_int64, H5T_NATIVE_INT64)
METAPLAST_H5(hid_t, native_uint64, H5T_NATIVE_UINT64)
METAPLAST_H5(hid_t, native_float, H5T_NATIVE_FLOAT)
METAPLAST_H5(hid_t, native_double, H5T_NATIVE_DOUBLE)
METAPLAST_H5(hid_t, std_i8le, H5T_STD_I8LE)
METAPLAST_H5(hid_t, std_i32le, H5T_STD_I32LE)
METAPLAST_H5(hid_t, std_i64le, H5T_STD_I64LE)
METAPLAST_H5(hid_t, std_u64le, H5T_STD_U64LE)
METAPLAST_H5(hid_t, ieee_f32le, H5T_IEEE_F32LE)
METAPLAST_H5(hid_t, ieee_f64le, H5T_IEEE_F64LE)
METAPLAST_H5(hid_t, c_s1, H5T_C_S1)
METAPLAST_H5(size_t, variable, H5T_VARIABLE)

METAPLAST_H5(unsigned, acc_rdonly, H5F_ACC_RDONLY)
METAPLAST_H5(unsigned, acc_rdwr, H5F_ACC_RDWR)
METAPLAST_H5(unsigned, acc_trunc, H5F_ACC_TRUNC)
METAPLAST_H5(unsigned, obj_all, H5F_OBJ_ALL)

METAPLAST_H5(hid_t, p_file_create, H5P_FILE_CREATE)
METAPLAST_H5(hid_t, p_file_access, H5P_FILE_ACCESS)
METAPLAST_H5(hid_t, p_group_create, H5P_GROUP_CREATE)
METAPLAST_H5(hid_t, p_dataset_create, H5P_DATASET_CREATE)
METAPLAST_H5(hid_t, p_dataset_xfer, H5P_DATASET_XFER)
METAPLAST_H5(hid_t, p_link_create, H5P_LINK_CREATE)

METAPLAST_H5(hsize_t, unlimited, H5S_UNLIMITED)
METAPLAST_H5(unsigned, crt_order_tracked, H5P_CRT_ORDER_TRACKED)
METAPLAST_H5(unsigned, crt_order_indexed, H5P_CRT_ORDER_INDEXED)
METAPLAST_H5(unsigned, o_info_basic, H5O_INFO_BASIC)
METAPLAST_H5(unsigned, o_info_all, H5O_INFO_ALL)
