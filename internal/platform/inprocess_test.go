package platform_test

import (
	"context"
	"fmt"
	"io"
	"os"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/airbyte-go/cdk/internal/platform"
)

// A function is stopped by its context, and one that does not care is left behind.
func TestInProcessEnds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		heeds := platform.InProcess(
			func(ctx context.Context, _ platform.Call, _ io.Reader, _ io.Writer) int {
				<-ctx.Done()
				return 143
			})
		r, err := heeds.Start(t.Context(), platform.Call{})
		require.NoError(t, err)
		assert.Nil(t, r.Input())
		r.Stop()
		assert.Equal(t, 143, r.Wait())

		free := make(chan struct{})
		careless := platform.InProcess(
			func(_ context.Context, _ platform.Call, in io.Reader, out io.Writer) int {
				_, readErr := io.ReadAll(in)
				_, writeErr := io.WriteString(out, "more")
				assert.Error(t, readErr)
				assert.Error(t, writeErr)
				<-free
				return 0
			})
		r, err = careless.Start(t.Context(), platform.Call{Input: true})
		require.NoError(t, err)
		r.Stop()
		synctest.Wait()
		r.Kill()
		r.Kill()
		assert.Equal(t, 137, r.Wait())
		_, err = io.ReadAll(r.Output())
		require.NoError(t, err)
		_, err = r.Input().Write([]byte("x"))
		require.Error(t, err)
		close(free)
	})
}

// A function that reads a command line gets files.
func TestWithFiles(t *testing.T) {
	t.Parallel()
	var log []string
	var dir string
	c := platform.WithFiles(
		func(_ context.Context, args []string, in io.Reader, out, errs io.Writer) int {
			text, err := os.ReadFile(args[2])
			assert.NoError(t, err)
			given, err := io.ReadAll(in)
			assert.NoError(t, err)
			fmt.Fprintf(out, "%s %s %s %s", args[0], args[1], text, given)
			fmt.Fprint(errs, "one\ntw", "o")
			dir = args[2]
			return 5
		})
	r, err := c.Start(t.Context(), platform.Call{
		Verb: "check", Config: []byte("config"), Input: true,
		Log: func(line string) { log = append(log, line) },
	})
	require.NoError(t, err)
	_, err = io.WriteString(r.Input(), "input")
	require.NoError(t, err)
	require.NoError(t, r.Input().Close())
	text, err := io.ReadAll(r.Output())
	require.NoError(t, err)
	assert.Equal(t, "check --config config input", string(text))
	assert.Equal(t, 5, r.Wait())
	assert.Equal(t, []string{"one", "two"}, log)
	_, err = os.Stat(dir)
	require.ErrorIs(t, err, os.ErrNotExist)
}

func TestWithFilesWithoutAPlace(t *testing.T) {
	t.Setenv("TMPDIR", "/there/is/none")
	t.Setenv("TMP", "/there/is/none")
	var log []string
	c := platform.WithFiles(
		func(context.Context, []string, io.Reader, io.Writer, io.Writer) int { return 0 })
	call := platform.Call{Verb: "check", Log: func(line string) { log = append(log, line) }}
	r, err := c.Start(t.Context(), call)
	require.NoError(t, err)
	assert.Equal(t, 1, r.Wait())
	require.Len(t, log, 1)
	assert.Contains(t, log[0], "there is no place for the files of check")
	_, err = platform.Process("true").Start(t.Context(), call)
	require.ErrorContains(t, err, "there is no place for the files of check")
}
