// Asks a real `chirod witness` as another implementation would: notes, trees and proofs
// are those of the Go checksum database (golang.org/x/mod/sumdb), the protocol is C2SP
// tlog-witness. Nothing of Chirograph's own code is used.
//
//	go run . CHIROD
//
// Checked: heads of a growing log are cosigned, and the lines verify in a note together
// with the log's own; a client that has lost its state learns the size; a fork, a wrong
// proof and a foreign key are refused with the statuses of the protocol; the newest head
// is shown to monitors; all of it also after a restart.
package main

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const (
	origin             = "go.example/log"
	witnessName        = "witness.example/w1"
	keyTypeCosignature = 4
)

// cosigner verifies lines of type 0x04 (C2SP tlog-cosignature), which the package
// note leaves to its users.
type cosigner struct {
	name string
	hash uint32
	key  ed25519.PublicKey
}

func (c *cosigner) Name() string    { return c.name }
func (c *cosigner) KeyHash() uint32 { return c.hash }

func (c *cosigner) Verify(message, signature []byte) bool {
	if len(signature) != 8+ed25519.SignatureSize {
		return false
	}
	stamp := binary.BigEndian.Uint64(signature)
	if age := time.Now().Unix() - int64(stamp); age < -60 || age > 60 {
		return false
	}
	signed := fmt.Sprintf("cosignature/v1\ntime %d\n%s", stamp, message)
	return ed25519.Verify(c.key, []byte(signed), signature[8:])
}

func newCosigner(vkey string) (*cosigner, error) {
	parts := strings.SplitN(vkey, "+", 3)
	if len(parts) != 3 {
		return nil, errors.New("not a vkey")
	}
	hash, err := strconv.ParseUint(parts[1], 16, 32)
	if err != nil {
		return nil, err
	}
	typed, err := base64.StdEncoding.DecodeString(parts[2])
	if err != nil || len(typed) != 1+ed25519.PublicKeySize || typed[0] != keyTypeCosignature {
		return nil, errors.New("not the key of a cosigner")
	}
	sum := sha256.Sum256([]byte(parts[0] + "\n" + string(typed)))
	if binary.BigEndian.Uint32(sum[:]) != uint32(hash) {
		return nil, errors.New("the id is not that of the key")
	}
	return &cosigner{parts[0], uint32(hash), typed[1:]}, nil
}

// treeLog is a log in memory.
type treeLog struct {
	signer note.Signer
	hashes []tlog.Hash
	size   int64
}

func (l *treeLog) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	found := make([]tlog.Hash, len(indexes))
	for i, index := range indexes {
		found[i] = l.hashes[index]
	}
	return found, nil
}

func (l *treeLog) grow(count int, salt string) {
	for i := 0; i < count; i++ {
		data := []byte(fmt.Sprintf("%s %d", salt, l.size))
		hashes := must(tlog.StoredHashes(l.size, data, l))
		l.hashes = append(l.hashes, hashes...)
		l.size++
	}
}

func (l *treeLog) head(size int64) []byte {
	root := must(tlog.TreeHash(size, l))
	text := fmt.Sprintf("%s\n%d\n%s\n", origin, size, root)
	return must(note.Sign(&note.Note{Text: text}, l.signer))
}

func (l *treeLog) submission(old, size int64) string {
	var proof tlog.TreeProof
	if old > 0 && old < size {
		proof = must(tlog.ProveTree(size, old, l))
	}
	return submission(old, proof, l.head(size))
}

func submission(old int64, proof tlog.TreeProof, head []byte) string {
	var body strings.Builder
	fmt.Fprintf(&body, "old %d\n", old)
	for _, hash := range proof {
		fmt.Fprintln(&body, hash)
	}
	fmt.Fprintf(&body, "\n%s", head)
	return body.String()
}

func must[T any](value T, err error) T {
	if err != nil {
		fail(err)
	}
	return value
}

func fail(what ...any) {
	fmt.Println(append([]any{"FAILED:"}, what...)...)
	stop()
	os.Exit(1)
}

var (
	running *exec.Cmd
	folder  string
)

func stop() {
	if running != nil {
		running.Process.Signal(os.Interrupt)
		running.Wait()
		running = nil
	}
	if folder != "" {
		os.RemoveAll(folder)
	}
}

func start(chirod, file, url string) {
	running = exec.Command(chirod, "witness", "-f", file)
	running.Stderr = os.Stderr
	if err := running.Start(); err != nil {
		fail(err)
	}
	for i := 0; i < 200; i++ {
		if answer, err := http.Get(url + "/"); err == nil {
			answer.Body.Close()
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	fail("the witness does not start")
}

// configure writes the configuration, makes the key and gives its vkey.
func configure(chirod, file string, port int, log string) string {
	lines := []string{"chirograph.neutral/1", "home " + filepath.Join(folder, "home"),
		"name " + witnessName, fmt.Sprintf("listen 127.0.0.1:%d", port), "log " + log}
	if me := must(user.Current()); me.Uid == "0" {
		lines = append(lines, "user daemon", "keeper-user nobody")
	}
	content := strings.Join(lines, "\n") + "\n"
	if err := os.WriteFile(file, []byte(content), 0o644); err != nil {
		fail(err)
	}
	vkey := must(exec.Command(chirod, "witness", "-k", "-f", file).Output())
	return strings.TrimSpace(string(vkey))
}

func post(url, body string) (int, string, []byte) {
	answer := must(http.Post(url+"/add-checkpoint", "text/plain", strings.NewReader(body)))
	defer answer.Body.Close()
	return answer.StatusCode, answer.Header.Get("Content-Type"), must(io.ReadAll(answer.Body))
}

func expect(url, what, body string, status int, answer string) {
	got, content, text := post(url, body)
	if got != status || (status == http.StatusConflict &&
		(content != "text/x.tlog.size" || string(text) != answer)) {
		fail(what, "is answered with", got, content, string(text))
	}
	fmt.Println("ok:", what)
}

// cosigned submits and verifies the log's line and the witness's in one note.
func cosigned(url string, log *treeLog, old, size int64, verifiers note.Verifiers) {
	status, _, lines := post(url, log.submission(old, size))
	if status != http.StatusOK {
		fail("size", size, "is answered with", status, string(lines))
	}
	opened := must(note.Open(append(log.head(size), lines...), verifiers))
	if len(opened.Sigs) != 2 || len(opened.UnverifiedSigs) != 0 {
		fail("the lines over size", size, "are", opened.Sigs, opened.UnverifiedSigs)
	}
	fmt.Printf("ok: from %d to %d\n", old, size)
}

func shown(url string, log *treeLog, verifiers note.Verifiers) {
	name := sha256.Sum256([]byte(origin))
	answer := must(http.Get(fmt.Sprintf("%s/checkpoint/%x", url, name)))
	defer answer.Body.Close()
	opened := must(note.Open(must(io.ReadAll(answer.Body)), verifiers))
	expected := must(note.Open(log.head(log.size), verifiers))
	if opened.Text != expected.Text || len(opened.Sigs) != 2 {
		fail("the newest head is", opened.Text)
	}
	fmt.Println("ok: the newest head")
}

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: witness CHIROD")
		os.Exit(2)
	}
	chirod := must(filepath.Abs(os.Args[1]))
	folder = must(os.MkdirTemp("", "chirograph-"))
	defer stop()
	if err := os.Chmod(folder, 0o711); err != nil {
		fail(err)
	}
	listener := must(net.Listen("tcp", "127.0.0.1:0"))
	port := listener.Addr().(*net.TCPAddr).Port
	listener.Close()

	skey, vkey, err := note.GenerateKey(rand.Reader, origin)
	if err != nil {
		fail(err)
	}
	foreign, _, err := note.GenerateKey(rand.Reader, origin)
	if err != nil {
		fail(err)
	}
	log := &treeLog{signer: must(note.NewSigner(skey))}
	fork := &treeLog{signer: log.signer}
	stranger := &treeLog{signer: must(note.NewSigner(foreign))}
	log.grow(700, "entry")
	fork.grow(300, "entry")
	fork.grow(400, "another")
	stranger.grow(700, "entry")

	file := filepath.Join(folder, "witness.conf")
	url := fmt.Sprintf("http://127.0.0.1:%d", port)
	witness := must(newCosigner(configure(chirod, file, port, vkey)))
	verifiers := note.VerifierList(must(note.NewVerifier(vkey)), witness)
	start(chirod, file, url)

	last := int64(0)
	for _, size := range []int64{1, 2, 3, 255, 256, 257, 600, 600} {
		cosigned(url, log, last, size, verifiers)
		last = size
	}
	expect(url, "a client without memory", log.submission(0, 700), 409, "600\n")
	expect(url, "a fork of the same size", fork.submission(600, 600), 409, "600\n")
	expect(url, "a fork", fork.submission(600, 700), 422, "")
	expect(url, "the key of another", stranger.submission(600, 700), 403, "")
	expect(url, "no proof", submission(600, nil, log.head(700)), 422, "")
	expect(url, "an old size above the new", submission(701, nil, log.head(700)), 400, "")
	expect(url, "no note", "old 600\n\nnothing\n", 400, "")
	unknown := bytes.ReplaceAll(log.head(700), []byte(origin), []byte("other.example/log"))
	expect(url, "an unknown log", submission(600, nil, unknown), 404, "")

	running.Process.Signal(os.Interrupt)
	running.Wait()
	start(chirod, file, url)
	expect(url, "a client without memory, after a restart", log.submission(0, 700), 409, "600\n")
	cosigned(url, log, 600, 700, verifiers)
	shown(url, log, verifiers)
	fmt.Println("all as the protocol says")
}
