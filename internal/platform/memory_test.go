package platform_test

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/airbyte-go/cdk/internal/platform"
	"github.com/airbyte-go/cdk/protocol"
)

func storeIn(t *testing.T) platform.FileStore {
	t.Helper()
	return platform.FileStore(filepath.Join(t.TempDir(), "state.json"))
}

// memoryOf has a state and generations.
func memoryOf(t *testing.T, generation int64) *platform.Memory {
	t.Helper()
	m := &platform.Memory{
		States: new(platform.States), SyncID: 7,
		Generations: map[protocol.Descriptor]int64{
			{Name: "b"}: generation, {Name: "a", Namespace: "n"}: 3, {Name: "<a>"}: 1,
		},
	}
	take(t, m.States, `{"type":"STREAM","stream":{"stream_descriptor":{"name":"a"},`+
		`"stream_state":{"i":1.50}}}`)
	return m
}

func TestFileStore(t *testing.T) {
	t.Parallel()
	s := storeIn(t)
	m, err := s.Load()
	require.NoError(t, err)
	assert.Zero(t, m.States.Len())
	assert.Zero(t, m.SyncID)
	m = memoryOf(t, 2)
	require.NoError(t, s.SaveAll(m))
	again, err := s.Load()
	require.NoError(t, err)
	assert.Equal(t, m, again)
	text, err := os.ReadFile(s.Beside())
	require.NoError(t, err)
	assert.Contains(t, string(text), `"name": "<a>"`)
	assert.Equal(t, "state.sync.json", filepath.Base(s.Beside()))

	m.Generations[protocol.Descriptor{Name: "b"}] = 9
	m.States.Remove(protocol.Descriptor{Name: "a"})
	require.NoError(t, s.SaveStates(m)) // and nothing else
	again, err = s.Load()
	require.NoError(t, err)
	assert.Zero(t, again.States.Len())
	assert.EqualValues(t, 2, again.Generations[protocol.Descriptor{Name: "b"}])
}

// A crash between the two files leaves a new generation beside an old state. The next start takes
// the state of a full refresh away all the same.
func TestCrashBetweenTheFiles(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := storeIn(t)
		require.NoError(t, s.SaveAll(memoryOf(t, 2)))
		old, err := os.ReadFile(string(s))
		require.NoError(t, err)
		m := memoryOf(t, 2)
		m.Generations[protocol.Descriptor{Name: "a"}] = 4
		m.States.Remove(protocol.Descriptor{Name: "a"})
		require.NoError(t, s.SaveAll(m))
		require.NoError(t, os.WriteFile(string(s), old, 0o600)) // the second write is lost

		x := newStage(says(whole("a", state("a", `{}`))...), echoes)
		x.sync.Store, x.sync.SupportsRefreshes = s, true
		x.sync.Catalog = catalogOf(fullRefresh("a", protocol.DestinationOverwrite))
		x.run(t.Context(), t, platform.Succeeded, 0)
		assert.Nil(t, x.source.calls[0].State)
		assert.EqualValues(t, 5, *firstStream(t, x.destination.calls[0]).GenerationID)
	})
}

func TestFilesThatCannotBeRead(t *testing.T) {
	t.Parallel()
	for name, k := range map[string]struct{ states, ledger, want string }{
		"half a state":      {`[{"type":"STREAM"`, "", "delete it to start over"},
		"no state":          {`"hello"`, "", "delete it to start over"},
		"half a ledger":     {"", `{"sync_id":`, "holds the generation ids"},
		"a ledger of texts": {"", `{"sync_id":"x"}`, "holds the generation ids"},
		"an empty ledger":   {"", "\n", "holds the generation ids"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := storeIn(t)
			if k.states != "" {
				require.NoError(t, os.WriteFile(string(s), []byte(k.states), 0o600))
			}
			if k.ledger != "" {
				require.NoError(t, os.WriteFile(s.Beside(), []byte(k.ledger), 0o600))
			}
			x := newStage(says(), echoes)
			x.sync.Store = s
			_, err := x.sync.Run(t.Context())
			require.ErrorContains(t, err, k.want)
			require.ErrorContains(t, err, filepath.Dir(string(s)))
			assert.Empty(t, x.source.calls)
		})
	}
	t.Run("a folder", func(t *testing.T) {
		t.Parallel()
		_, err := platform.FileStore(t.TempDir()).Load()
		require.ErrorContains(t, err, "cannot be used")
	})
}

// A file is for its owner only, unless it says otherwise; nothing half written is ever seen, and
// what a crash has left is cleared away.
func TestReplaceFile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "state.json")
	require.NoError(t, platform.ReplaceFile(path, []byte("one")))
	assertMode(t, path, 0o600)
	require.NoError(t, os.Chmod(path, 0o640))
	require.NoError(t, platform.ReplaceFile(path, []byte("two")))
	assertMode(t, path, 0o640)
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	assert.Equal(t, "two", string(text))

	err = platform.ReplaceFile(filepath.Join(path, "below"), []byte("three"))
	require.ErrorContains(t, err, "cannot be written")
	full := filepath.Join(dir, "full")
	require.NoError(t, os.MkdirAll(filepath.Join(full, "x"), 0o700))
	require.ErrorContains(t, platform.ReplaceFile(full, []byte("four")), "cannot be written")
	assert.Len(t, names(t, dir), 2, "a failed write leaves nothing behind")

	left, other := path+".123.next", filepath.Join(dir, "other.json.123.next")
	for _, name := range []string{left, other} {
		require.NoError(t, os.WriteFile(name, []byte("half"), 0o600))
	}
	require.NoError(t, os.Remove(path))
	_, err = platform.FileStore(path).Load()
	require.NoError(t, err)
	assert.Equal(t, []string{"full", "other.json.123.next"}, names(t, dir))
}

func assertMode(t *testing.T, path string, want os.FileMode) {
	t.Helper()
	info, err := os.Stat(path)
	require.NoError(t, err)
	if runtime.GOOS != "windows" {
		assert.Equal(t, want, info.Mode().Perm())
	}
}

func names(t *testing.T, dir string) (found []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	for _, e := range entries {
		found = append(found, e.Name())
	}
	return found
}

// States are stored at most once a second, the newest within a second, and the last at the end.
func TestPaceOfSaves(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		x := newStage(func(p *puppet) int {
			for i := range 100 { // ten a second
				p.say(state("a", `{"i":`+string(rune('0'+i%10))+`}`))
				<-time.After(100 * time.Millisecond)
			}
			<-time.After(5 * time.Second)
			synctest.Wait()
			assert.Equal(t, 12, p.saves())
			p.say(state("a", `{"last":1}`))
			return 1
		}, echoes)
		x.source.saves = func() int {
			x.shelf.mu.Lock()
			defer x.shelf.mu.Unlock()
			return x.shelf.saves
		}
		x.run(t.Context(), t, platform.Failed, 15*time.Second)
		assert.Contains(t, x.shelf.text(), `{"last":1}`)
	})
}

// A state that cannot be stored ends the sync: what comes after it could not be taken up again.
func TestSavesThatFail(t *testing.T) {
	t.Parallel()
	full := errors.New("no space left")
	for name, k := range map[string]struct {
		fail func(saves int) error
		runs int // of the source
	}{
		"at the start":    {func(int) error { return full }, 0},
		"on the way":      {func(n int) error { return failFrom(n, 2, full) }, 1},
		"late, at an end": {func(n int) error { return failFrom(n, 3, full) }, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				x := newStage(func(p *puppet) int {
					p.say(state("a", `{"i":1}`), state("a", `{"i":2}`))
					select {
					case <-time.After(10 * time.Second):
						return 0
					case <-p.stopped:
						return 143
					}
				}, echoes)
				var logged []string
				x.sync.Log = func(e platform.Entry) { logged = append(logged, e.Text) }
				x.sync.Attempts, x.shelf.fail = 3, k.fail
				r, err := x.sync.Run(t.Context())
				require.ErrorIs(t, err, full)
				assert.Equal(t, platform.Failed, r.Outcome)
				assert.Len(t, x.source.calls, k.runs)
				for _, a := range r.Attempts {
					for _, f := range a.Failures {
						assert.Equal(t, platform.Platform, f.Origin, f.Message)
					}
				}
				if name == "on the way" {
					require.Len(t, r.Attempts[0].Failures, 1)
				}
				if name == "late, at an end" {
					assert.Contains(t, strings.Join(logged, "\n"), "no space left")
				}
			})
		})
	}
}

func failFrom(n, first int, err error) error {
	if n < first {
		return nil
	}
	return err
}

// FuzzFileStore: whatever the files hold, they are read or refused, and what is read is written so
// that it is read again as the same.
func FuzzFileStore(f *testing.F) {
	f.Add([]byte(newest), []byte(`{"sync_id":7,"generations":[{"stream_descriptor":{"name":"a"},`+
		`"generation_id":3}]}`))
	f.Add([]byte(""), []byte("{}"))
	f.Add([]byte("{"), []byte("["))
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, states, ledger []byte) {
		s := platform.FileStore(filepath.Join(dir, "state.json"))
		require.NoError(t, os.WriteFile(string(s), states, 0o600))
		require.NoError(t, os.WriteFile(s.Beside(), ledger, 0o600))
		m, err := s.Load()
		if err != nil {
			return
		}
		require.NoError(t, s.SaveAll(m))
		again, err := s.Load()
		require.NoError(t, err)
		assert.Equal(t, string(m.States.File()), string(again.States.File()))
		assert.Equal(t, m.Generations, again.Generations)
	})
}
