package spool

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// walk returns all entries, and the error after the last.
func walk(ctx context.Context, s *Spool) (entries []string, err error) {
	for entry, err := range s.Entries(ctx) {
		if err != nil {
			return entries, err
		}
		entries = append(entries, string(entry))
	}
	return entries, nil
}

func TestEntriesComeInOrder(t *testing.T) {
	t.Parallel()
	for _, limit := range []int{0, 1, 10, 1000, 1 << 20} {
		s := New(limit)
		defer s.Remove()
		var want []string
		for i := range 3000 {
			entry := fmt.Sprintf("%d:%s", i, bytes.Repeat([]byte("x"), i%50))
			want = append(want, entry)
			require.NoError(t, s.Append([]byte(entry)))
		}
		s.Finish(nil)
		for range 2 { // each reader begins at the first
			got, err := walk(t.Context(), s)
			require.NoError(t, err)
			require.Equal(t, want, got, limit)
		}
	}
}

func TestEntryLargerThanAChunk(t *testing.T) {
	t.Parallel()
	for _, limit := range []int{0, 1 << 20} {
		s := New(limit)
		defer s.Remove()
		large := bytes.Repeat([]byte("0123456789"), 3*chunk/10)
		for _, entry := range [][]byte{{}, large, []byte("small"), large} {
			require.NoError(t, s.Append(entry))
		}
		s.Finish(nil)
		got, err := walk(t.Context(), s)
		require.NoError(t, err)
		require.Equal(t, []string{"", string(large), "small", string(large)}, got)
	}
}

func TestReadersFollowTheWriters(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := New(64)
		defer s.Remove()
		var readers sync.WaitGroup
		for range 4 {
			readers.Go(func() {
				got, err := walk(t.Context(), s)
				assert.NoError(t, err)
				assert.Len(t, got, 3*500)
			})
		}
		synctest.Wait() // they all wait for the first entry
		var writers sync.WaitGroup
		for range 3 {
			writers.Go(func() {
				for i := range 500 {
					assert.NoError(t, s.Append(fmt.Appendf(nil, "entry %d", i)))
				}
			})
		}
		writers.Wait()
		s.Finish(nil)
		readers.Wait()
	})
}

func TestEnds(t *testing.T) {
	t.Parallel()
	broken := errors.New("the parent failed")
	s := New(0)
	require.NoError(t, s.Append([]byte("a")))
	s.Finish(broken)
	s.Finish(nil)
	got, err := walk(t.Context(), s)
	assert.Equal(t, []string{"a"}, got)
	require.ErrorIs(t, err, broken)
	require.ErrorIs(t, s.Append(nil), errRemoved)

	s.Remove()
	s.Remove()
	_, err = walk(t.Context(), s)
	require.ErrorIs(t, err, errRemoved)

	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancelCause(t.Context())
		waiting := New(0)
		defer waiting.Remove()
		stop := errors.New("stop")
		var reader sync.WaitGroup
		reader.Go(func() {
			_, err := walk(ctx, waiting)
			assert.ErrorIs(t, err, stop)
		})
		synctest.Wait()
		cancel(stop)
		reader.Wait()
	})
}

func TestLoopMayStop(t *testing.T) {
	t.Parallel()
	s := New(0)
	defer s.Remove()
	require.NoError(t, s.Append([]byte("a")))
	for entry := range s.Entries(t.Context()) {
		assert.Equal(t, "a", string(entry))
		break
	}
}

// A folder that does not exist stands for a full disk.
func TestNoTemporaryFile(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir()+"/missing")
	t.Setenv("TMP", t.TempDir()+"/missing")
	s := New(0)
	require.ErrorContains(t, s.Append([]byte("a")), "no temporary file")
}

func BenchmarkSpool(b *testing.B) {
	entry := []byte(`[12345,"a title of some length"]`)
	for name, limit := range map[string]int{"memory": 1 << 30, "file": 1 << 20} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			s := New(limit)
			defer s.Remove()
			for b.Loop() {
				if err := s.Append(entry); err != nil {
					b.Fatal(err)
				}
			}
			s.Finish(nil)
			for range s.Entries(b.Context()) {
			}
		})
	}
}
