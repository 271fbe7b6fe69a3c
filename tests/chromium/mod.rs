//! A headless Chromium driven over its debugging pipe: no driver, no network, no port.

use serde_json::{Value, json};
use std::env;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

/// Names under which it is installed.
const NAMES: &[&str] = &["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/// How long a page may take to get where a test wants it.
const PATIENCE: Duration = Duration::from_secs(60);

/// The installed browser, `KEMU_CHROMIUM` before all others.
pub fn installed() -> Option<PathBuf> {
    let given = env::var_os("KEMU_CHROMIUM").map(PathBuf::from);
    let folders: Vec<PathBuf> = env::split_paths(&env::var_os("PATH").unwrap_or_default()).collect();
    let named = NAMES.iter().flat_map(|name| folders.iter().map(move |folder| folder.join(name)));
    given.into_iter().chain(named).find(|path| path.is_file())
}

/// A browser with one page, ended when dropped.
pub struct Browser {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    session: Option<String>,
    calls: u64,
    /// What the page said on its console or threw, and the addresses it asked for.
    pub complaints: Vec<String>,
    pub requests: Vec<String>,
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Browser {
    /// Starts it with a profile of its own; the window has this size.
    pub fn start(program: &Path, profile: &Path, width: u32, height: u32) -> Browser {
        // The debugging pipe is file descriptors 3 and 4; the shell makes them of its standard ones.
        let flags = "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-sync \
             --disable-background-networking --disable-component-update --disable-dev-shm-usage --remote-debugging-pipe";
        let script = format!(
            "exec \"$1\" {flags} --window-size={width},{height} --user-data-dir=\"$2\" about:blank 3<&0 4>&1 </dev/null >/dev/null 2>/dev/null"
        );
        let mut child = Command::new("sh")
            .args(["-c", &script, "sh"])
            .args([program, profile])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let input = child.stdin.take().unwrap();
        let output = BufReader::new(child.stdout.take().unwrap());
        let (complaints, requests) = (Vec::new(), Vec::new());
        let mut browser = Browser { child, input, output, session: None, calls: 0, complaints, requests };
        let targets = browser.call("Target.getTargets", json!({}));
        let page = targets["targetInfos"].as_array().unwrap().iter().find(|target| target["type"] == "page");
        let target = match page {
            Some(page) => page["targetId"].clone(),
            None => browser.call("Target.createTarget", json!({ "url": "about:blank" }))["targetId"].clone(),
        };
        let attached = browser.call("Target.attachToTarget", json!({ "targetId": target, "flatten": true }));
        browser.session = Some(attached["sessionId"].as_str().unwrap().to_owned());
        for domain in ["Page", "Runtime", "Network", "Log"] {
            browser.call(&format!("{domain}.enable"), json!({}));
        }
        browser
    }

    /// Calls a method of the protocol and waits for its answer.
    pub fn call(&mut self, method: &str, params: Value) -> Value {
        self.ask(method, params).unwrap_or_else(|error| panic!("{method}: {error}"))
    }

    fn ask(&mut self, method: &str, params: Value) -> Result<Value, Value> {
        self.calls += 1;
        let id = self.calls;
        let mut message = json!({ "id": id, "method": method, "params": params });
        if let Some(session) = &self.session {
            message["sessionId"] = json!(session);
        }
        self.input.write_all(message.to_string().as_bytes()).unwrap();
        self.input.write_all(&[0]).unwrap();
        self.input.flush().unwrap();
        loop {
            let mut bytes = Vec::new();
            self.output.read_until(0, &mut bytes).unwrap();
            assert!(!bytes.is_empty(), "the browser has gone while it was asked for {method}");
            bytes.pop();
            let answer: Value = serde_json::from_slice(&bytes).unwrap();
            if answer["id"] == id {
                return match answer.get("error") {
                    Some(error) => Err(error.clone()),
                    None => Ok(answer["result"].clone()),
                };
            }
            self.hear(&answer);
        }
    }

    fn hear(&mut self, event: &Value) {
        match event["method"].as_str() {
            Some("Network.requestWillBeSent") => {
                self.requests.push(event["params"]["request"]["url"].as_str().unwrap_or_default().to_owned());
            }
            Some("Runtime.exceptionThrown" | "Log.entryAdded") => self.complaints.push(event["params"].to_string()),
            Some("Runtime.consoleAPICalled") if event["params"]["type"] == "error" => {
                self.complaints.push(event["params"]["args"].to_string());
            }
            _ => {}
        }
    }

    /// Opens a file of the disk, or an address below one.
    pub fn open(&mut self, address: &str) {
        // A mere change of what follows the `#` would not load the page again.
        self.call("Page.navigate", json!({ "url": "about:blank" }));
        self.call("Page.navigate", json!({ "url": address }));
        self.until("document.readyState === 'complete'");
    }

    /// The value of an expression; promises are waited for.
    pub fn eval(&mut self, expression: &str) -> Value {
        let params = json!({ "expression": expression, "returnByValue": true, "awaitPromise": true });
        let answer = self.call("Runtime.evaluate", params);
        assert!(answer.get("exceptionDetails").is_none(), "{expression}: {answer}");
        answer["result"]["value"].clone()
    }

    /// The text an expression comes to.
    pub fn text(&mut self, expression: &str) -> String {
        let value = self.eval(expression);
        value.as_str().unwrap_or_else(|| panic!("{expression} is {value}, no text")).to_owned()
    }

    /// Waits until an expression is true.
    pub fn until(&mut self, expression: &str) {
        let begun = Instant::now();
        loop {
            let params = json!({ "expression": expression, "returnByValue": true });
            // While a page gives way to the next there is nothing to ask.
            if self.ask("Runtime.evaluate", params).is_ok_and(|answer| answer["result"]["value"] == true) {
                return;
            }
            if begun.elapsed() > PATIENCE {
                panic!("never: {expression}; complaints: {:?}", self.complaints);
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Presses a key as a person does.
    pub fn press(&mut self, key: &str) {
        let text = if key.chars().count() == 1 { key } else { "" };
        self.call("Input.dispatchKeyEvent", json!({ "type": "keyDown", "key": key, "text": text }));
        self.call("Input.dispatchKeyEvent", json!({ "type": "keyUp", "key": key }));
    }

    /// Clicks with the mouse in the middle of the element that an expression gives.
    pub fn click(&mut self, element: &str) {
        let (x, y) = self.middle(element);
        for kind in ["mousePressed", "mouseReleased"] {
            let params = json!({ "type": kind, "x": x, "y": y, "button": "left", "clickCount": 1 });
            self.call("Input.dispatchMouseEvent", params);
        }
    }

    /// Moves the mouse to the middle of the element that an expression gives.
    pub fn point(&mut self, element: &str) {
        let (x, y) = self.middle(element);
        self.call("Input.dispatchMouseEvent", json!({ "type": "mouseMoved", "x": x, "y": y }));
    }

    fn middle(&mut self, element: &str) -> (f64, f64) {
        let place = self.eval(&format!(
            "(() => {{ const e = {element}; e.scrollIntoView({{ block: 'nearest' }}); const b = e.getClientRects()[0]; \
             return [b.x + b.width / 2, b.y + b.height / 2]; }})()"
        ));
        (place[0].as_f64().unwrap(), place[1].as_f64().unwrap())
    }
}
