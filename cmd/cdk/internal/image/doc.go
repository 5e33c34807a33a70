// Package image builds the container image of a connector without Docker, and judges any image by
// what the platform asks of it.
//
// An image is a base that somebody else keeps, untouched, and one layer of ours: the program, the
// folders and the user that the platform expects, and certificates where the base has none. The
// program carries its time zones in itself. Whatever decides about a byte is fixed: flags of the
// compiler, times, owners, the order of files. So the same sources, the same compiler and the same
// base make the same digest, in each folder and at each time.
//
// The platform replaces the command of a container by a script of its own for sh, which evaluates
// AIRBYTE_ENTRYPOINT with the verb behind it, in a working folder of its own and as the user 1000.
// The rules of [Check] follow from that, and [Build] refuses to make an image that breaks one.
package image
