<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="tr_TR">
<context>
    <name>AboutDialog</name>
    <message>
        <source>The report is on the clipboard.</source>
        <translation>Rapor panoya kopyalandı.</translation>
    </message>
    <message>
        <source>About Glassnet</source>
        <translation>Glassnet hakkında</translation>
    </message>
    <message>
        <source>A window that makes neural networks transparent. Under the MIT licence.</source>
        <translation>Sinir ağlarının içini gösteren bir program. MIT lisansıyla sunulur.</translation>
    </message>
    <message>
        <source>The report has these versions, and none of your names or folders.</source>
        <translation>Rapor bu sürümleri içerir; adınızı ve klasörlerinizi içermez.</translation>
    </message>
    <message>
        <source>Copy the report</source>
        <translation>Raporu kopyala</translation>
    </message>
    <message>
        <source>Versions and licences</source>
        <translation>Sürümler ve lisanslar</translation>
    </message>
    <message>
        <source>Package</source>
        <translation>Paket</translation>
    </message>
    <message>
        <source>Version</source>
        <translation>Sürüm</translation>
    </message>
    <message>
        <source>Licence</source>
        <translation>Lisans</translation>
    </message>
    <message>
        <source>What Glassnet is made with</source>
        <translation>Glassnet’in yararlandığı paketler</translation>
    </message>
</context>
<context>
    <name>AccuracyHistogram</name>
    <message>
        <source>Seeds by their accuracy on the test rows</source>
        <translation>Test satırlarındaki doğruluklarına göre tohumlar</translation>
    </message>
    <message>
        <source>– – baseline {low}   — ceiling {high}</source>
        <translation>– – taban {low}   — tavan {high}</translation>
    </message>
</context>
<context>
    <name>Actions</name>
    <message>
        <source>New</source>
        <translation>Yeni</translation>
    </message>
    <message>
        <source>Open…</source>
        <translation>Aç…</translation>
    </message>
    <message>
        <source>Save</source>
        <translation>Kaydet</translation>
    </message>
    <message>
        <source>Save as…</source>
        <translation>Farklı kaydet…</translation>
    </message>
    <message>
        <source>ONNX model…</source>
        <translation>ONNX modeli…</translation>
    </message>
    <message>
        <source>What the map shows</source>
        <translation>Haritada gösterilenler</translation>
    </message>
    <message>
        <source>NumPy script…</source>
        <translation>NumPy betiği…</translation>
    </message>
    <message>
        <source>Drawing as SVG…</source>
        <translation>Çizim (SVG)…</translation>
    </message>
    <message>
        <source>Drawing as PNG…</source>
        <translation>Çizim (PNG)…</translation>
    </message>
    <message>
        <source>Predictions as CSV…</source>
        <translation>Tahminler (CSV)…</translation>
    </message>
    <message>
        <source>Worksheet as PDF…</source>
        <translation>Çalışma kâğıdı (PDF)…</translation>
    </message>
    <message>
        <source>Worksheet with empty fields…</source>
        <translation>Boşluk doldurmalı çalışma kâğıdı…</translation>
    </message>
    <message>
        <source>Use in Vision</source>
        <translation>Görüntü’de kullan</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>Geri al</translation>
    </message>
    <message>
        <source>Redo</source>
        <translation>Yinele</translation>
    </message>
    <message>
        <source>Build</source>
        <translation>Kur</translation>
    </message>
    <message>
        <source>Teach</source>
        <translation>Öğret</translation>
    </message>
    <message>
        <source>Vision</source>
        <translation>Görüntü</translation>
    </message>
    <message>
        <source>Lessons</source>
        <translation>Dersler</translation>
    </message>
    <message>
        <source>Next part of the window</source>
        <translation>Pencerenin sonraki bölümü</translation>
    </message>
    <message>
        <source>Previous part of the window</source>
        <translation>Pencerenin önceki bölümü</translation>
    </message>
    <message>
        <source>Guide</source>
        <translation>Kılavuz</translation>
    </message>
    <message>
        <source>Shortcuts</source>
        <translation>Kısayollar</translation>
    </message>
    <message>
        <source>About Glassnet</source>
        <translation>Glassnet hakkında</translation>
    </message>
    <message>
        <source>Loss by epoch</source>
        <translation>Epoklara göre kayıp</translation>
    </message>
    <message>
        <source>Weights</source>
        <translation>Ağırlıklar</translation>
    </message>
    <message>
        <source>Hidden space</source>
        <translation>Gizli uzay</translation>
    </message>
    <message>
        <source>Seed lottery</source>
        <translation>Tohum piyangosu</translation>
    </message>
    <message>
        <source>Loss landscape</source>
        <translation>Kayıp yüzeyi</translation>
    </message>
    <message>
        <source>Add a hidden layer</source>
        <translation>Gizli katman ekle</translation>
    </message>
    <message>
        <source>Remove the last hidden layer</source>
        <translation>Son gizli katmanı kaldır</translation>
    </message>
    <message>
        <source>One unit more in the last hidden layer</source>
        <translation>Son gizli katmana bir birim ekle</translation>
    </message>
    <message>
        <source>One unit fewer in the last hidden layer</source>
        <translation>Son gizli katmandan bir birim çıkar</translation>
    </message>
    <message>
        <source>New start from the next seed</source>
        <translation>Sonraki tohumla yeni başlangıç</translation>
    </message>
    <message>
        <source>The article’s recipe</source>
        <translation>Makaledeki yöntem</translation>
    </message>
    <message>
        <source>The corrected recipe</source>
        <translation>Düzeltilmiş yöntem</translation>
    </message>
    <message>
        <source>Images, a folder per class…</source>
        <translation>Görüntüler, her sınıfa bir klasör…</translation>
    </message>
    <message>
        <source>Open this kernel in Build</source>
        <translation>Bu çekirdeği Kur’da aç</translation>
    </message>
    <message>
        <source>Name what a picture shows</source>
        <translation>Görüntüde ne olduğunu söyle</translation>
    </message>
    <message>
        <source>Find objects, with a box round each</source>
        <translation>Nesneleri bul, her birini kutu içine al</translation>
    </message>
    <message>
        <source>Look inside the network that sees</source>
        <translation>Görüntüyü tanıyan ağın içine bak</translation>
    </message>
    <message>
        <source>Occlusion map</source>
        <translation>Örtme haritası</translation>
    </message>
    <message>
        <source>Model library…</source>
        <translation>Model kitaplığı…</translation>
    </message>
    <message>
        <source>Why can’t a perceptron do XOR?</source>
        <translation>Perceptron XOR’u neden çözemez?</translation>
    </message>
    <message>
        <source>Deep learning with OpenCV</source>
        <translation>OpenCV ile derin öğrenme</translation>
    </message>
    <message>
        <source>Name: {name}…</source>
        <translation>Ad: {name}…</translation>
    </message>
    <message>
        <source>Space</source>
        <translation>Boşluk</translation>
    </message>
    <message>
        <source>Everywhere</source>
        <translation>Her yerde</translation>
    </message>
    <message>
        <source>Build and Teach</source>
        <translation>Kur ve Öğret</translation>
    </message>
    <message>
        <source>Build: data</source>
        <translation>Kur: veri</translation>
    </message>
    <message>
        <source>Build: settings</source>
        <translation>Kur: ayarlar</translation>
    </message>
    <message>
        <source>Light or dark</source>
        <translation>Açık ya da koyu tema</translation>
    </message>
    <message>
        <source>Export</source>
        <translation>Dışa aktar</translation>
    </message>
    <message>
        <source>Microscope</source>
        <translation>Mikroskop</translation>
    </message>
    <message>
        <source>Learning rate</source>
        <translation>Öğrenme oranı</translation>
    </message>
    <message>
        <source>Optimiser</source>
        <translation>Eniyileyici</translation>
    </message>
    <message>
        <source>Loss</source>
        <translation>Kayıp</translation>
    </message>
    <message>
        <source>Batch</source>
        <translation>Yığın (batch)</translation>
    </message>
    <message>
        <source>Regularisation</source>
        <translation>Düzenlileştirme</translation>
    </message>
    <message>
        <source>Initialiser</source>
        <translation>Başlatıcı</translation>
    </message>
    <message>
        <source>Seed</source>
        <translation>Tohum</translation>
    </message>
    <message>
        <source>Schedule of the learning rate</source>
        <translation>Öğrenme oranı planı</translation>
    </message>
    <message>
        <source>Momentum</source>
        <translation>Momentum</translation>
    </message>
    <message>
        <source>Clip gradient</source>
        <translation>Gradyan kırpma</translation>
    </message>
    <message>
        <source>L1</source>
        <translation>L1</translation>
    </message>
    <message>
        <source>L2</source>
        <translation>L2</translation>
    </message>
    <message>
        <source>Drop-out</source>
        <translation>Seyreltme (dropout)</translation>
    </message>
    <message>
        <source>Shuffle rows each epoch</source>
        <translation>Satırları her epokta karıştır</translation>
    </message>
    <message>
        <source>Single precision (float32)</source>
        <translation>Tek duyarlık (float32)</translation>
    </message>
    <message>
        <source>Stop at an epoch</source>
        <translation>Belirli bir epokta dur</translation>
    </message>
    <message>
        <source>Stop below a loss</source>
        <translation>Belirli bir kaybın altında dur</translation>
    </message>
    <message>
        <source>Split for a test</source>
        <translation>Test için böl</translation>
    </message>
    <message>
        <source>Noise</source>
        <translation>Gürültü</translation>
    </message>
    <message>
        <source>How many seeds the lottery draws</source>
        <translation>Piyangodaki tohum sayısı</translation>
    </message>
    <message>
        <source>Activation of the first layer</source>
        <translation>İlk katmanın aktivasyonu</translation>
    </message>
    <message>
        <source>Inputs of the network</source>
        <translation>Ağın girdileri</translation>
    </message>
    <message>
        <source>Speed</source>
        <translation>Hız</translation>
    </message>
    <message>
        <source>Rows of the table</source>
        <translation>Tablonun satırları</translation>
    </message>
    <message>
        <source>Confusion matrix</source>
        <translation>Karışıklık matrisi</translation>
    </message>
    <message>
        <source>Try values</source>
        <translation>Değer dene</translation>
    </message>
    <message>
        <source>Circuit and formula</source>
        <translation>Devre ve formül</translation>
    </message>
    <message>
        <source>Open a trained network…</source>
        <translation>Eğitilmiş bir ağ aç…</translation>
    </message>
    <message>
        <source>Your name…</source>
        <translation>Adınız…</translation>
    </message>
    <message>
        <source>PyTorch script…</source>
        <translation>PyTorch betiği…</translation>
    </message>
    <message>
        <source>Notebook…</source>
        <translation>Not defteri…</translation>
    </message>
    <message>
        <source>Language: English</source>
        <translation>Dil: İngilizce</translation>
    </message>
    <message>
        <source>Language: Turkish</source>
        <translation>Dil: Türkçe</translation>
    </message>
    <message>
        <source>Motion on or off</source>
        <translation>Animasyonları aç ya da kapat</translation>
    </message>
    <message>
        <source>Everything larger</source>
        <translation>Her şeyi büyüt</translation>
    </message>
    <message>
        <source>Everything smaller</source>
        <translation>Her şeyi küçült</translation>
    </message>
    <message>
        <source>Find an action</source>
        <translation>Bir işlem bul</translation>
    </message>
    <message>
        <source>Glossary</source>
        <translation>Sözlük</translation>
    </message>
    <message>
        <source>Quit</source>
        <translation>Çık</translation>
    </message>
    <message>
        <source>Train, pause</source>
        <translation>Eğit, duraklat</translation>
    </message>
    <message>
        <source>One step</source>
        <translation>Bir adım</translation>
    </message>
    <message>
        <source>One epoch</source>
        <translation>Bir epok</translation>
    </message>
    <message>
        <source>Reset with the same seed</source>
        <translation>Aynı tohumla baştan başlat</translation>
    </message>
    <message>
        <source>One epoch back</source>
        <translation>Bir epok geri</translation>
    </message>
    <message>
        <source>One epoch on</source>
        <translation>Bir epok ileri</translation>
    </message>
    <message>
        <source>First epoch</source>
        <translation>İlk epok</translation>
    </message>
    <message>
        <source>Last epoch</source>
        <translation>Son epok</translation>
    </message>
    <message>
        <source>Branch from the epoch on screen</source>
        <translation>Ekrandaki epoktan dallan</translation>
    </message>
    <message>
        <source>Microscope: every number</source>
        <translation>Mikroskop: bütün sayılar</translation>
    </message>
    <message>
        <source>Microscope: next part</source>
        <translation>Mikroskop: sonraki bölüm</translation>
    </message>
    <message>
        <source>Microscope: previous part</source>
        <translation>Mikroskop: önceki bölüm</translation>
    </message>
    <message>
        <source>Train the head, pause</source>
        <translation>Sınıflandırıcıyı eğit, duraklat</translation>
    </message>
    <message>
        <source>Add a class</source>
        <translation>Sınıf ekle</translation>
    </message>
    <message>
        <source>Import a folder per class…</source>
        <translation>Sınıf klasörlerini içe aktar…</translation>
    </message>
    <message>
        <source>Paste an image</source>
        <translation>Görüntü yapıştır</translation>
    </message>
    <message>
        <source>ONNX model with its backbone…</source>
        <translation>Gövdesiyle birlikte ONNX modeli…</translation>
    </message>
    <message>
        <source>Script that runs the model…</source>
        <translation>Modeli çalıştıran betik…</translation>
    </message>
    <message>
        <source>Open the head in Build</source>
        <translation>Sınıflandırıcıyı Kur’da aç</translation>
    </message>
    <message>
        <source>Open a picture, a folder or a stream…</source>
        <translation>Görüntü, klasör ya da akış aç…</translation>
    </message>
    <message>
        <source>Use a camera…</source>
        <translation>Kamera kullan…</translation>
    </message>
    <message>
        <source>Freeze, resume</source>
        <translation>Dondur, sürdür</translation>
    </message>
    <message>
        <source>Save a snapshot…</source>
        <translation>Anlık görüntüyü kaydet…</translation>
    </message>
    <message>
        <source>Record the labels as CSV, stop</source>
        <translation>Etiketleri CSV olarak kaydet, durdur</translation>
    </message>
    <message>
        <source>Paste a picture</source>
        <translation>Görüntü yapıştır</translation>
    </message>
    <message>
        <source>Separate people from the background</source>
        <translation>İnsanları arka plandan ayır</translation>
    </message>
    <message>
        <source>Build gates by hand</source>
        <translation>Elle kapı kurmak</translation>
    </message>
    <message>
        <source>Train on one processor or on all</source>
        <translation>Tek ya da tüm işlemcilerle eğit</translation>
    </message>
</context>
<context>
    <name>ActivationCard</name>
    <message>
        <source>Activation</source>
        <translation>Aktivasyon</translation>
    </message>
    <message>
        <source>{name}: z {z}, a {a}, slope {slope}</source>
        <translation>{name}: z {z}; a {a}; eğim {slope}</translation>
    </message>
    <message>
        <source>z less the others</source>
        <translation>z − diğerleri</translation>
    </message>
    <message>
        <source>Choose a row to see where its z lies.</source>
        <translation>z’nin nerede olduğunu görmek için bir satır seçin.</translation>
    </message>
    <message>
        <source>{unit}, row {row}: z {z}, a {a}, slope {slope}</source>
        <translation>{unit}, {row}. satır: z {z}; a {a}; eğim {slope}</translation>
    </message>
    <message>
        <source>Row {row}: {units} units, {flat} of them where it is flat</source>
        <translation>{row}. satır: {units} birimin {flat:düz bölgede|hiçbiri düz bölgede değil}</translation>
    </message>
    <message>
        <source>{line} a   {dashes} slope da/dz   {shade} flat: a slope of {least} at most</source>
        <translation>{line} a   {dashes} eğim da/dz   {shade} düz: eğim en çok {least}</translation>
    </message>
</context>
<context>
    <name>AgainCard</name>
    <message>
        <source>Once more, with the new weights</source>
        <translation>Yeni ağırlıklarla bir kez daha</translation>
    </message>
</context>
<context>
    <name>Autosave</name>
    <message>
        <source>No copy of your unsaved work can be kept. {reason} Save it to a file now.</source>
        <translation>Kaydedilmemiş çalışmanızın kurtarma kopyası tutulamıyor. {reason} Çalışmanızı şimdi bir dosyaya kaydedin.</translation>
    </message>
</context>
<context>
    <name>BiasCard</name>
    <message>
        <source>Bias</source>
        <translation>Sapma (bias)</translation>
    </message>
</context>
<context>
    <name>BlameCard</name>
    <message>
        <source>Blame, by the chain rule</source>
        <translation>Hatadaki payın zincir kuralıyla hesabı</translation>
    </message>
    <message>
        <source>Blame, by the perceptron rule</source>
        <translation>Hatadaki payın perceptron kuralıyla hesabı</translation>
    </message>
    <message>
        <source>no target</source>
        <translation>hedef yok</translation>
    </message>
    <message>
        <source>the error</source>
        <translation>hata</translation>
    </message>
    <message>
        <source>all outputs</source>
        <translation>tüm çıktılar</translation>
    </message>
    <message>
        <source>other outputs</source>
        <translation>öteki çıktılar</translation>
    </message>
    <message>
        <source>from the loss</source>
        <translation>kayıptan</translation>
    </message>
    <message>
        <source>a bias has 1</source>
        <translation>sapma için 1</translation>
    </message>
    <message>
        <source>gradient</source>
        <translation>gradyan</translation>
    </message>
    <message>
        <source>by the rule</source>
        <translation>kural gereği</translation>
    </message>
</context>
<context>
    <name>BuildModel</name>
    <message>
        <source>Erase point</source>
        <translation>Noktayı sil</translation>
    </message>
    <message>
        <source>Add point</source>
        <translation>Nokta ekle</translation>
    </message>
    <message>
        <source>Weight</source>
        <translation>Ağırlık</translation>
    </message>
    <message>
        <source>Move point</source>
        <translation>Noktayı taşı</translation>
    </message>
    <message>
        <source>Pin weight</source>
        <translation>Ağırlığı sabitle</translation>
    </message>
    <message>
        <source>{name} is written.</source>
        <translation>{name} yazıldı.</translation>
    </message>
    <message>
        <source>Take out input {name}</source>
        <translation>{name} girdisini çıkar</translation>
    </message>
    <message>
        <source>Add input {name}</source>
        <translation>{name} girdisini ekle</translation>
    </message>
    <message>
        <source>Layer {n}: 1 unit</source>
        <translation>{n}. katman: 1 birim</translation>
    </message>
    <message>
        <source>Activation of layer {n}</source>
        <translation>{n}. katmanın aktivasyonu</translation>
    </message>
    <message>
        <source>Bias off</source>
        <translation>Sapma (bias) kapalı</translation>
    </message>
    <message>
        <source>Bias on</source>
        <translation>Sapma (bias) açık</translation>
    </message>
    <message>
        <source>Epoch {n} cannot be gone back to: the file keeps its loss alone.</source>
        <translation>{n}. epoka geri dönülemez: Dosya bu epokun ağırlıklarını değil, yalnızca kaybını saklıyor.</translation>
    </message>
    <message>
        <source>The article’s recipe</source>
        <translation>Makaledeki yöntem</translation>
    </message>
    <message>
        <source>The corrected recipe</source>
        <translation>Düzeltilmiş yöntem</translation>
    </message>
    <message>
        <source>Step on one row</source>
        <translation>Tek satırla adım</translation>
    </message>
    <message>
        <source>Learning rate {rate}, layer {layer}: {units} units</source>
        <translation>Öğrenme oranı {rate}, {layer}. katman: {units} birim</translation>
    </message>
    <message>
        <source>Learning rate {rate}</source>
        <translation>Öğrenme oranı {rate}</translation>
    </message>
    <message>
        <source>The cluster computes with the BLAS kernel {kernels}, this computer with another: here, a seed on the edge may end otherwise.</source>
        <translation>Küme {kernels} BLAS çekirdeğiyle hesaplıyor, bu bilgisayar başka bir çekirdekle: Sınırdaki bir tohum burada başka türlü sonuçlanabilir.</translation>
    </message>
    <message>
        <source>Training, {n} epochs</source>
        <translation>Eğitim, {n} epok</translation>
    </message>
    <message>
        <source>Training, 1 epoch</source>
        <translation>Eğitim, 1 epok</translation>
    </message>
    <message>
        <source>Branch from epoch {n}</source>
        <translation>{n}. epoktan dallan</translation>
    </message>
    <message>
        <source>Back to epoch {n}</source>
        <translation>{n}. epoka dön</translation>
    </message>
    <message>
        <source>Step</source>
        <translation>Adım</translation>
    </message>
    <message>
        <source>Add layer</source>
        <translation>Katman ekle</translation>
    </message>
    <message>
        <source>Remove unit</source>
        <translation>Birimi kaldır</translation>
    </message>
    <message>
        <source>Drop-out</source>
        <translation>Seyreltme (dropout)</translation>
    </message>
    <message>
        <source>Reset</source>
        <translation>Sıfırla</translation>
    </message>
    <message>
        <source>New start, seed {n}</source>
        <translation>Yeni başlangıç, tohum {n}</translation>
    </message>
    <message>
        <source>Open seed {n}</source>
        <translation>Tohumu aç: {n}</translation>
    </message>
    <message>
        <source>Remove {n} units</source>
        <translation>{n} birimi kaldır</translation>
    </message>
    <message>
        <source>Remove layer</source>
        <translation>Katmanı kaldır</translation>
    </message>
    <message>
        <source>Layer {n}: {units} units</source>
        <translation>{n}. katman: {units} birim</translation>
    </message>
    <message>
        <source>The last point stays: without a row there is nothing to learn from.</source>
        <translation>Son nokta silinemez: Satır kalmazsa öğrenilecek bir şey de kalmaz.</translation>
    </message>
    <message>
        <source>Data: {name}</source>
        <translation>Veri: {name}</translation>
    </message>
    <message>
        <source>Blocks of seeds: {blocks}; workers of the cluster that trained: {n} of {available}</source>
        <translation>Tohum bloğu: {blocks}; kümede eğiten işçi: {available} işçiden {n}</translation>
    </message>
    <message>
        <source>Locked by the lesson: {parts}. To unlock, choose “Leave lesson” in the lesson’s panel.</source>
        <translation>Dersin kilitlediği: {parts}. Kilidi açmak için ders panelinde “Dersten çık”ı seçin.</translation>
    </message>
    <message>
        <source>{name} does not fit these data: another network took its place. Undo brings it back.</source>
        <translation>{name} bu verilere uymuyor. Bu yüzden onun yerine başka bir ağ geçti; “Geri al” onu geri getirir.</translation>
    </message>
</context>
<context>
    <name>BuildTab</name>
    <message>
        <source>The network is being trained: pause it first.</source>
        <translation>Ağ eğitiliyor: Önce duraklatın.</translation>
    </message>
    <message>
        <source>This is the last epoch: train on.</source>
        <translation>Bu son epok: Eğitimi sürdürün.</translation>
    </message>
    <message>
        <source>This is the first epoch.</source>
        <translation>Bu ilk epok.</translation>
    </message>
    <message>
        <source>Train the network first.</source>
        <translation>Önce ağı eğitin.</translation>
    </message>
    <message>
        <source>The microscope is closed: M opens it.</source>
        <translation>Mikroskop kapalı: M ile açılır.</translation>
    </message>
    <message>
        <source>The network has no hidden layer.</source>
        <translation>Ağın gizli katmanı yok.</translation>
    </message>
    <message>
        <source>The layer has one unit only.</source>
        <translation>Katmanda yalnızca bir birim var.</translation>
    </message>
    <message>
        <source>No article of the course used these data in this way.</source>
        <translation>Kaynak makalelerin hiçbiri bu veriyi böyle kullanmıyor.</translation>
    </message>
    <message>
        <source>First page</source>
        <translation>Karşılama sayfası</translation>
    </message>
</context>
<context>
    <name>CameraMenu</name>
    <message>
        <source>Network address…</source>
        <translation>Ağ adresi…</translation>
    </message>
    <message>
        <source>Mirrored view</source>
        <translation>Ayna görünümü</translation>
    </message>
    <message>
        <source>Resolution</source>
        <translation>Çözünürlük</translation>
    </message>
    <message>
        <source>The camera&apos;s own</source>
        <translation>Kameranın kendi ayarı</translation>
    </message>
</context>
<context>
    <name>CanvasView</name>
    <message>
        <source>Units removed: {n}</source>
        <translation>Kaldırılan birim: {n}</translation>
    </message>
    <message>
        <source>Unpin</source>
        <translation>Serbest bırak</translation>
    </message>
    <message>
        <source>Pin: training leaves it alone</source>
        <translation>Sabitle: Eğitimde değişmez</translation>
    </message>
    <message>
        <source>Set to 0</source>
        <translation>0 yap</translation>
    </message>
    <message>
        <source>Type a value</source>
        <translation>Değer yaz</translation>
    </message>
    <message>
        <source>Select the weights into it</source>
        <translation>Birime gelen ağırlıkları seç</translation>
    </message>
    <message>
        <source>Look at its numbers</source>
        <translation>Sayılarına bak</translation>
    </message>
    <message>
        <source>See how it changes</source>
        <translation>Nasıl değiştiğini gör</translation>
    </message>
    <message>
        <source>Remove unit</source>
        <translation>Birimi kaldır</translation>
    </message>
    <message>
        <source>Remove {n} units</source>
        <translation>{n} birimi kaldır</translation>
    </message>
</context>
<context>
    <name>Captions</name>
    <message>
        <source>dead</source>
        <translation>ölü</translation>
    </message>
    <message>
        <source>{n} undecided</source>
        <translation>{n} kararsız</translation>
    </message>
</context>
<context>
    <name>Card</name>
    <message>
        <source>Show more</source>
        <translation>Daha fazla göster</translation>
    </message>
    <message>
        <source>Show less</source>
        <translation>Daha az göster</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Kapat</translation>
    </message>
</context>
<context>
    <name>CellPanel</name>
    <message>
        <source>the picture</source>
        <translation>görüntü</translation>
    </message>
    <message>
        <source>{channel} in row {row}, column {column} is what the network is given: the pixel less the mean, times the scale, ({pixel} − {mean}) × {scale} = {value}.</source>
        <translation>{row}. satır, {column}. sütundaki {channel} ağa verilen sayıdır: Piksel değerinden ortalama çıkarılır, sonuç ölçekle çarpılır. ({pixel} − {mean}) × {scale} = {value}.</translation>
    </message>
    <message>
        <source>{operator}: its maps are not known, so there is nothing to recompute.</source>
        <translation>{operator}: Haritaları bilinmiyor, yeniden hesaplanacak bir şey yok.</translation>
    </message>
    <message>
        <source>{operator} is shown and not recomputed: Glassnet does not explain it.</source>
        <translation>{operator} gösteriliyor ama yeniden hesaplanmıyor: Glassnet bu işleci açıklamıyor.</translation>
    </message>
    <message>
        <source>the other {count}</source>
        <translation>diğer {count}</translation>
    </message>
    <message>
        <source>Scaled: {before} × {factor} + {shift}</source>
        <translation>Ölçeklenir: {before} × {factor} + {shift}</translation>
    </message>
    <message>
        <source>The largest of {count}: {total}</source>
        <translation>{count} sayının en büyüğü: {total}</translation>
    </message>
    <message>
        <source>The mean of {count} numbers: {total}</source>
        <translation>{count} sayının ortalaması: {total}</translation>
    </message>
    <message>
        <source>exp of this score / sum of exp of all {count} = {total}</source>
        <translation>bu puanın exp değeri / {count} puanın exp toplamı = {total}</translation>
    </message>
    <message>
        <source>Divided by how strong {count} maps are here: {total}</source>
        <translation>Buradaki {count} haritanın gücüne bölünür: {total}</translation>
    </message>
    <message>
        <source>Passed on as it is: {total}</source>
        <translation>Olduğu gibi geçirilir: {total}</translation>
    </message>
    <message>
        <source>It reads {total}</source>
        <translation>Okuduğu sayı: {total}</translation>
    </message>
    <message>
        <source>{sum} (sum of {count} products)</source>
        <translation>{sum} ({count} çarpımın toplamı)</translation>
    </message>
    <message>
        <source>{value} (bias)</source>
        <translation>{value} (sapma)</translation>
    </message>
    <message>
        <source>{by} says the same</source>
        <translation>{by} de aynı sonucu veriyor</translation>
    </message>
    <message>
        <source>{by} says otherwise</source>
        <translation>{by} başka bir sonuç veriyor</translation>
    </message>
    <message>
        <source>gap {gap}</source>
        <translation>fark {gap}</translation>
    </message>
    <message>
        <source>The same weighted sum, over {count} numbers, with the same {count} weights at every place of the picture.</source>
        <translation>Yine aynı ağırlıklı toplam: {count} sayı üzerinden, görüntünün her yerinde aynı {count} ağırlıkla.</translation>
    </message>
    <message>
        <source>The same weighted sum, over {count} numbers.</source>
        <translation>Yine aynı ağırlıklı toplam: {count} sayı üzerinden.</translation>
    </message>
    <message>
        <source>No neuron of its own: it works on the numbers of those before it.</source>
        <translation>Ayrı bir nöron değil: Kendinden öncekilerin sayıları üzerinde çalışır.</translation>
    </message>
    <message>
        <source>No neuron: it has no weights and learns nothing.</source>
        <translation>Nöron değil: Ağırlığı yoktur, bir şey öğrenmez.</translation>
    </message>
    <message>
        <source>Build has no {activation}: there it is the sum before it.</source>
        <translation>Kur’da {activation} yoktur: Bu birim orada aktivasyondan önceki toplamı verir.</translation>
    </message>
    <message>
        <source>In Build it is a ReLU, which does not stop at {bound}.</source>
        <translation>Bu birim Kur’da açıldığında ReLU olur; değeri {bound} sınırında kesilmez.</translation>
    </message>
    <message>
        <source>One cell, recomputed</source>
        <translation>Bir hücrenin yeniden hesaplanması</translation>
    </message>
    <message>
        <source>Once a picture is looked at, any number of the network is recomputed here.</source>
        <translation>Bir görüntüye bakılınca ağın istediğiniz sayısı burada yeniden hesaplanır.</translation>
    </message>
    <message>
        <source>What a neuron of Build is here</source>
        <translation>Kur’daki nöronun buradaki karşılığı</translation>
    </message>
    <message>
        <source>Go to the number that adds most</source>
        <translation>En çok katkı yapan sayıya git</translation>
    </message>
    <message>
        <source>One unit with these weights, and patches of this picture as its rows</source>
        <translation>Bu ağırlıklarla tek birim; satırları bu görüntünün parçaları</translation>
    </message>
    <message>
        <source>Choose the cell of the layer before that adds most</source>
        <translation>Önceki katmanda en çok katkı yapan hücreyi seç</translation>
    </message>
    <message>
        <source>what it sees</source>
        <translation>gördüğü</translation>
    </message>
    <message>
        <source>its kernel</source>
        <translation>çekirdeği</translation>
    </message>
    <message>
        <source>Click a number to see where it comes from</source>
        <translation>Nereden geldiğini görmek için bir sayıya tıklayın</translation>
    </message>
    <message>
        <source>What the cell sees, and its kernel</source>
        <translation>Hücrenin gördüğü ve çekirdeği</translation>
    </message>
    <message>
        <source>Terms of the sum</source>
        <translation>Toplamın terimleri</translation>
    </message>
</context>
<context>
    <name>ChallengePage</name>
    <message>
        <source>The network is being checked.</source>
        <translation>Ağ denetleniyor.</translation>
    </message>
    <message>
        <source>Everything asked is met.</source>
        <translation>İstenenlerin hepsi sağlandı.</translation>
    </message>
    <message>
        <source>{met} of {all} are met.</source>
        <translation>{all} koşulun {met:sağlandı|hiçbiri sağlanmadı}.</translation>
    </message>
    <message>
        <source>Challenge</source>
        <translation>Alıştırma</translation>
    </message>
    <message>
        <source>Put the challenge away</source>
        <translation>Alıştırmayı gizle</translation>
    </message>
    <message>
        <source>Learn from its data</source>
        <translation>Alıştırmanın verisini kullan</translation>
    </message>
    <message>
        <source>Choose the data that the challenge asks about</source>
        <translation>Alıştırmada sorulan veriyi seç</translation>
    </message>
    <message>
        <source>All lessons</source>
        <translation>Bütün dersler</translation>
    </message>
    <message>
        <source>Leave the challenge</source>
        <translation>Alıştırmadan çık</translation>
    </message>
</context>
<context>
    <name>Choices</name>
    <message>
        <source>Perceptron</source>
        <translation>Perceptron</translation>
    </message>
    <message>
        <source>Momentum</source>
        <translation>Momentum</translation>
    </message>
    <message>
        <source>Squared</source>
        <translation>Karesel hata</translation>
    </message>
    <message>
        <source>Absolute</source>
        <translation>Mutlak hata</translation>
    </message>
    <message>
        <source>Cross-entropy</source>
        <translation>Çapraz entropi</translation>
    </message>
    <message>
        <source>Cross-entropy, classes</source>
        <translation>Çapraz entropi (sınıf)</translation>
    </message>
    <message>
        <source>Hinge</source>
        <translation>Menteşe (hinge)</translation>
    </message>
    <message>
        <source>Mean over the rows of a step, summed over the outputs.</source>
        <translation>Adımdaki satırlar üzerinden ortalama, çıktılar üzerinden toplam alınır.</translation>
    </message>
    <message>
        <source>Zeros</source>
        <translation>Sıfırlar</translation>
    </message>
    <message>
        <source>Constant</source>
        <translation>Sabit</translation>
    </message>
    <message>
        <source>Uniform</source>
        <translation>Tekdüze (uniform)</translation>
    </message>
    <message>
        <source>Normal</source>
        <translation>Normal</translation>
    </message>
    <message>
        <source>Steps</source>
        <translation>Basamaklı</translation>
    </message>
    <message>
        <source>Cosine</source>
        <translation>Kosinüs</translation>
    </message>
    <message>
        <source>None</source>
        <translation>Yok</translation>
    </message>
    <message>
        <source>Identity</source>
        <translation>Özdeşlik</translation>
    </message>
    <message>
        <source>Step</source>
        <translation>Basamak</translation>
    </message>
    <message>
        <source>1 for each mistake of a step unit; of other outputs max(0, −s a)</source>
        <translation>basamak biriminde her yanlış için 1; öteki çıktılarda max(0; −s a)</translation>
    </message>
    <message>
        <source>½ (a − t)² where |a − t| ≤ 1, else |a − t| − ½</source>
        <translation>|a − t| ≤ 1 iken ½ (a − t)², değilse |a − t| − ½</translation>
    </message>
    <message>
        <source>max(0, 1 − s a), s = 1 for class 1, else −1</source>
        <translation>max(0; 1 − s a); 1. sınıf için s = 1, değilse −1</translation>
    </message>
</context>
<context>
    <name>CircuitCard</name>
    <message>
        <source>Some weights or sums are no finite numbers.</source>
        <translation>Bazı ağırlıklar ya da toplamlar sonlu sayı değil.</translation>
    </message>
    <message>
        <source>Read loosely, on and off lie close together: {units}.</source>
        <translation>Açık ve kapalı değerleri birbirine yakın olduğu için ancak yaklaşık okunabilenler: {units}.</translation>
    </message>
    <message>
        <source>Not needed for these answers: {units}.</source>
        <translation>Bu yanıtlar için gerekmeyenler: {units}.</translation>
    </message>
    <message>
        <source>{n} units</source>
        <translation>{n} birim</translation>
    </message>
    <message>
        <source>{unit} cannot be read as a gate: it is undecided on {n} of 4 rows.</source>
        <translation>{unit} bir kapı olarak okunamıyor: 4 satırın {n} kararsız.</translation>
    </message>
    <message>
        <source>Circuit</source>
        <translation>Devre</translation>
    </message>
    <message>
        <source>Draw the units as logic gates</source>
        <translation>Birimleri mantık kapıları olarak çiz</translation>
    </message>
    <message>
        <source>Logic circuit of the network</source>
        <translation>Ağın mantık devresi</translation>
    </message>
    <message>
        <source>Copy the formula</source>
        <translation>Formülü kopyala</translation>
    </message>
    <message>
        <source>Copy the picture of the circuit</source>
        <translation>Devrenin görüntüsünü kopyala</translation>
    </message>
    <message>
        <source>{unit} acts like {gate} of the inputs, but not like any gate of the layer before: values between on and off matter.</source>
        <translation>{unit}, girdilere göre {gate} gibi davranıyor; ama önceki katmanın hiçbir kapısı gibi değil: Açık ile kapalı arasındaki değerler belirleyici.</translation>
    </message>
</context>
<context>
    <name>ClassCard</name>
    <message>
        <source>{name}, left out of training</source>
        <translation>{name}, eğitim dışında</translation>
    </message>
    <message>
        <source>{images} · left out</source>
        <translation>{images} · eğitim dışı</translation>
    </message>
    <message>
        <source>left out</source>
        <translation>eğitim dışı</translation>
    </message>
    <message>
        <source>{n} recorded</source>
        <translation>{n} kaydedildi</translation>
    </message>
    <message>
        <source>Take part again</source>
        <translation>Eğitime yeniden kat</translation>
    </message>
    <message>
        <source>Leave out of training</source>
        <translation>Eğitimin dışında bırak</translation>
    </message>
    <message>
        <source>Add images</source>
        <translation>Görüntü ekle</translation>
    </message>
    <message>
        <source>Images</source>
        <translation>Görüntüler</translation>
    </message>
    <message>
        <source>Videos</source>
        <translation>Videolar</translation>
    </message>
    <message>
        <source>Hold to record</source>
        <translation>Basılı tutarak kaydet</translation>
    </message>
    <message>
        <source>No images yet. Add, drop or record some.</source>
        <translation>Henüz görüntü yok. Ekleyin, sürükleyip bırakın ya da kaydedin.</translation>
    </message>
    <message>
        <source>Show all images…</source>
        <translation>Tüm görüntüleri göster…</translation>
    </message>
    <message>
        <source>Paste an image</source>
        <translation>Görüntü yapıştır</translation>
    </message>
    <message>
        <source>Rename</source>
        <translation>Yeniden adlandır</translation>
    </message>
    <message>
        <source>Colour and shape</source>
        <translation>Renk ve şekil</translation>
    </message>
    <message>
        <source>Move up</source>
        <translation>Yukarı taşı</translation>
    </message>
    <message>
        <source>Move down</source>
        <translation>Aşağı taşı</translation>
    </message>
    <message>
        <source>Remove the class</source>
        <translation>Sınıfı kaldır</translation>
    </message>
    <message>
        <source>Name of the class</source>
        <translation>Sınıfın adı</translation>
    </message>
    <message>
        <source>Enter keeps it, Esc does not</source>
        <translation>Enter saklar, Esc vazgeçer</translation>
    </message>
    <message>
        <source>Add images…</source>
        <translation>Görüntü ekle…</translation>
    </message>
    <message>
        <source>Add…</source>
        <translation>Ekle…</translation>
    </message>
    <message>
        <source>Rename {name}</source>
        <translation>{name} sınıfını yeniden adlandır</translation>
    </message>
    <message>
        <source>Rename the class</source>
        <translation>Sınıfı yeniden adlandır</translation>
    </message>
    <message>
        <source>More for {name}</source>
        <translation>{name} için diğer işlemler</translation>
    </message>
    <message>
        <source>Colour, place, paste, leave out, remove</source>
        <translation>Renk, sıra, yapıştırma, eğitim dışı bırakma, kaldırma</translation>
    </message>
    <message>
        <source>Add images to {name}</source>
        <translation>{name} sınıfına görüntü ekle</translation>
    </message>
    <message>
        <source>Choose image or video files; they can be dropped here, too</source>
        <translation>Görüntü ya da video dosyaları seçin; buraya da bırakabilirsiniz</translation>
    </message>
    <message>
        <source>Hold to record {name}</source>
        <translation>{name} sınıfına kaydetmek için basılı tutun</translation>
    </message>
    <message>
        <source>Record from the camera while the button, or Space on it, is held down</source>
        <translation>Düğme basılı tutuldukça, klavyede de düğmenin üzerinde Boşluk tuşu basılı tutuldukça kameradan kaydeder</translation>
    </message>
    <message>
        <source>Images of {name}</source>
        <translation>{name} sınıfının görüntüleri</translation>
    </message>
    <message>
        <source>Show all; Delete removes, M moves the image that is framed</source>
        <translation>Tümünü göster; Delete çerçeveli görüntüyü kaldırır, M taşır</translation>
    </message>
    <message>
        <source>Dropped image</source>
        <translation>Bırakılan görüntü</translation>
    </message>
</context>
<context>
    <name>ClassColours</name>
    <message>
        <source>Orange circle</source>
        <translation>Turuncu daire</translation>
    </message>
    <message>
        <source>Blue square</source>
        <translation>Mavi kare</translation>
    </message>
    <message>
        <source>Green triangle</source>
        <translation>Yeşil üçgen</translation>
    </message>
    <message>
        <source>Pink diamond</source>
        <translation>Pembe elmas</translation>
    </message>
    <message>
        <source>Gold ring</source>
        <translation>Altın sarısı halka</translation>
    </message>
    <message>
        <source>Light blue frame</source>
        <translation>Açık mavi çerçeve</translation>
    </message>
    <message>
        <source>Grey triangle, hollow</source>
        <translation>Gri üçgen, içi boş</translation>
    </message>
    <message>
        <source>Brown diamond, hollow</source>
        <translation>Kahverengi elmas, içi boş</translation>
    </message>
</context>
<context>
    <name>ClassPicturesDialog</name>
    <message>
        <source>Move to</source>
        <translation>Şuraya taşı</translation>
    </message>
    <message>
        <source>Move the chosen images to another class</source>
        <translation>Seçilen görüntüleri başka bir sınıfa taşı</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>Kaldır</translation>
    </message>
    <message>
        <source>Remove the chosen images from the class; the files stay (Delete)</source>
        <translation>Seçilen görüntüleri sınıftan kaldır; dosyalar kalır (Delete)</translation>
    </message>
    <message>
        <source>Choose images by click, Shift and Ctrl, or the arrow keys. They can be dragged to another class. A double click or Enter shows one large.</source>
        <translation>Görüntüleri tıklayarak, Shift ve Ctrl ile ya da ok tuşlarıyla seçin. Başka bir sınıfa sürükleyebilirsiniz. Birini büyük görmek için çift tıklayın ya da Enter’a basın.</translation>
    </message>
    <message>
        <source>Images of the class</source>
        <translation>Sınıfın görüntüleri</translation>
    </message>
</context>
<context>
    <name>ClassesPanel</name>
    <message>
        <source>Import a folder</source>
        <translation>Klasör içe aktar</translation>
    </message>
    <message>
        <source>Classes</source>
        <translation>Sınıflar</translation>
    </message>
    <message>
        <source>Import folder per class</source>
        <translation>Sınıf klasörlerini içe aktar</translation>
    </message>
    <message>
        <source>A folder that holds one folder of images for each class</source>
        <translation>İçinde her sınıf için bir görüntü klasörü bulunan klasör</translation>
    </message>
    <message>
        <source>Add a class</source>
        <translation>Sınıf ekle</translation>
    </message>
    <message>
        <source>Add a class for “nothing”</source>
        <translation>“Hiçbiri” sınıfı ekle</translation>
    </message>
    <message>
        <source>Images of the empty scene: without them the network has to name one of the classes also where there is none</source>
        <translation>Boş sahnenin görüntüleri: Bunlar olmazsa ağ, hiçbir sınıf görünmese de birini söylemek zorunda kalır</translation>
    </message>
    <message>
        <source>Recording</source>
        <translation>Kayıt</translation>
    </message>
    <message>
        <source>Which camera records, how often, and whether as a mirror shows it</source>
        <translation>Hangi kameranın ne sıklıkta kaydedeceği ve görüntünün aynadaki gibi olup olmayacağı</translation>
    </message>
    <message>
        <source>A class is what the network is to tell from others: a pen, a cup, an empty table. Give each its images: add files, drop them, paste, or record from a camera. A folder that holds a folder for each class can be dropped as a whole.</source>
        <translation>Sınıf, ağın diğerlerinden ayırt edeceği şeydir: bir kalem, bir bardak, boş bir masa. Her birine görüntü ekleyin: Dosya seçin, sürükleyip bırakın, yapıştırın ya da kameradan kaydedin. Her sınıfın ayrı bir alt klasörde durduğu bir klasörü bütünüyle de bırakabilirsiniz.</translation>
    </message>
    <message>
        <source>Import…</source>
        <translation>İçe aktar…</translation>
    </message>
    <message>
        <source>Images stay on this computer.</source>
        <translation>Görüntüler bu bilgisayarda kalır.</translation>
    </message>
    <message>
        <source>{train} train the head, {held} are held out to test it.</source>
        <translation>{train} eğitimde kullanılır, {held} doğrulama için ayrılır.</translation>
    </message>
    <message>
        <source>{train} train the head, 1 is held out to test it.</source>
        <translation>{train} eğitimde kullanılır, biri doğrulama için ayrılır.</translation>
    </message>
</context>
<context>
    <name>CommandPalette</name>
    <message>
        <source>What do you want to do? In English or Turkish</source>
        <translation>Ne yapmak istiyorsunuz? Türkçe ya da İngilizce yazın</translation>
    </message>
    <message>
        <source>Find an action</source>
        <translation>Bir işlem bul</translation>
    </message>
    <message>
        <source>Actions that fit</source>
        <translation>Eşleşen işlemler</translation>
    </message>
    <message>
        <source>No action has that in its name.</source>
        <translation>Adında bu geçen bir işlem yok.</translation>
    </message>
</context>
<context>
    <name>ComparisonCard</name>
    <message>
        <source>Accuracy without a hidden layer, and of this network</source>
        <translation>Gizli katmansız ağın ve bu ağın doğruluğu</translation>
    </message>
    <message>
        <source>One perceptron reaches {alone}. This network reaches {network}.</source>
        <translation>Tek perceptronun doğruluğu {alone}; bu ağınki {network}.</translation>
    </message>
    <message>
        <source>Without a hidden layer {n} perceptrons reach {alone}. This network reaches {network}.</source>
        <translation>Gizli katman olmadan {n} perceptronun doğruluğu {alone}; bu ağınki {network}.</translation>
    </message>
    <message>
        <source>Hidden {units}</source>
        <translation>Gizli {units}</translation>
    </message>
    <message>
        <source>No hidden</source>
        <translation>Gizli katmansız</translation>
    </message>
    <message>
        <source>This network</source>
        <translation>Bu ağ</translation>
    </message>
    <message>
        <source>The hidden layers gain nothing so far.</source>
        <translation>Gizli katmanlar şimdilik bir şey kazandırmıyor.</translation>
    </message>
    <message>
        <source>Judged on the training rows.</source>
        <translation>Eğitim satırlarında ölçüldü.</translation>
    </message>
    <message>
        <source>Trained on {n} of {rows} rows, drawn at random.</source>
        <translation>{rows} satırdan rastgele çekilen {n} satırla eğitildi.</translation>
    </message>
    <message>
        <source>Its training was cut short, so it may reach a little more.</source>
        <translation>Eğitimi erken bitirildi; biraz daha iyi bir sonuca ulaşabilir.</translation>
    </message>
    <message>
        <source>Judged on the test rows.</source>
        <translation>Test satırlarında ölçüldü.</translation>
    </message>
    <message>
        <source>Training rows contradict each other: no network learns all.</source>
        <translation>Eğitim satırları birbiriyle çelişiyor: Hiçbir ağ hepsini öğrenemez.</translation>
    </message>
    <message>
        <source>contradiction</source>
        <translation>çelişki</translation>
    </message>
</context>
<context>
    <name>Conditions</name>
    <message>
        <source>Right rows, share</source>
        <translation>Doğru satırların payı</translation>
    </message>
    <message>
        <source>Right test rows, share</source>
        <translation>Doğru test satırlarının payı</translation>
    </message>
    <message>
        <source>Hidden layers</source>
        <translation>Gizli katman</translation>
    </message>
    <message>
        <source>Hidden units</source>
        <translation>Gizli birim</translation>
    </message>
    <message>
        <source>Weights and biases</source>
        <translation>Ağırlık ve sapma</translation>
    </message>
    <message>
        <source>Epochs</source>
        <translation>Epok</translation>
    </message>
    <message>
        <source>Activations of hidden layers</source>
        <translation>Gizli katmanların aktivasyonları</translation>
    </message>
    <message>
        <source>Optimiser</source>
        <translation>Eniyileyici</translation>
    </message>
    <message>
        <source>Inputs and outputs</source>
        <translation>Girdi ve çıktı</translation>
    </message>
    <message>
        <source>Data</source>
        <translation>Veri</translation>
    </message>
    <message>
        <source>Units</source>
        <translation>Birim</translation>
    </message>
    <message>
        <source>Right rows</source>
        <translation>Doğru satır</translation>
    </message>
    <message>
        <source>Loss</source>
        <translation>Kayıp</translation>
    </message>
    <message>
        <source>Test loss</source>
        <translation>Test kaybı</translation>
    </message>
    <message>
        <source>Learning rate</source>
        <translation>Öğrenme oranı</translation>
    </message>
    <message>
        <source>Activation</source>
        <translation>Aktivasyon</translation>
    </message>
    <message>
        <source>Baseline</source>
        <translation>Taban çizgisi</translation>
    </message>
    <message>
        <source>Batch size</source>
        <translation>Yığın büyüklüğü</translation>
    </message>
    <message>
        <source>Bias</source>
        <translation>Sapma</translation>
    </message>
    <message>
        <source>Scale of the blob</source>
        <translation>Blobun ölçeği</translation>
    </message>
    <message>
        <source>Classes with images</source>
        <translation>Görüntüsü olan sınıf</translation>
    </message>
    <message>
        <source>Points of the learning curve</source>
        <translation>Öğrenme eğrisinin noktaları</translation>
    </message>
    <message>
        <source>Drop-out</source>
        <translation>Seyreltme (dropout)</translation>
    </message>
    <message>
        <source>Epoch on show</source>
        <translation>Gösterilen epok</translation>
    </message>
    <message>
        <source>Epochs before the end</source>
        <translation>Sona kalan epok</translation>
    </message>
    <message>
        <source>Files exported</source>
        <translation>Dışa aktarılan dosyalar</translation>
    </message>
    <message>
        <source>Derived inputs</source>
        <translation>Türetilmiş girdiler</translation>
    </message>
    <message>
        <source>Findings of the doctor</source>
        <translation>Doktorun bulguları</translation>
    </message>
    <message>
        <source>Right held-out images, share</source>
        <translation>Ayrılan görüntülerde doğruların payı</translation>
    </message>
    <message>
        <source>Baseline of the held-out images</source>
        <translation>Ayrılan görüntülerin taban çizgisi</translation>
    </message>
    <message>
        <source>Epochs of the head</source>
        <translation>Sınıflandırıcının epok sayısı</translation>
    </message>
    <message>
        <source>Mistaken held-out images</source>
        <translation>Ayrılan görüntülerdeki yanlışlar</translation>
    </message>
    <message>
        <source>Hidden units of the head</source>
        <translation>Sınıflandırıcının gizli birimleri</translation>
    </message>
    <message>
        <source>Held-out images</source>
        <translation>Doğrulamaya ayrılan görüntü</translation>
    </message>
    <message>
        <source>Initialiser</source>
        <translation>Başlatıcı</translation>
    </message>
    <message>
        <source>Inputs</source>
        <translation>Girdi</translation>
    </message>
    <message>
        <source>L1 penalty</source>
        <translation>L1 cezası</translation>
    </message>
    <message>
        <source>L2 penalty</source>
        <translation>L2 cezası</translation>
    </message>
    <message>
        <source>Best label</source>
        <translation>En iyi etiket</translation>
    </message>
    <message>
        <source>Label drawn on the image</source>
        <translation>Etiket görüntüye çizili</translation>
    </message>
    <message>
        <source>Loss function</source>
        <translation>Kayıp fonksiyonu</translation>
    </message>
    <message>
        <source>Random starts</source>
        <translation>Rastgele başlangıç</translation>
    </message>
    <message>
        <source>Random starts that get there</source>
        <translation>Hedefe varan rastgele başlangıç</translation>
    </message>
    <message>
        <source>Model in Vision</source>
        <translation>Görüntü sekmesindeki model</translation>
    </message>
    <message>
        <source>Noise</source>
        <translation>Gürültü</translation>
    </message>
    <message>
        <source>Open panels</source>
        <translation>Açık paneller</translation>
    </message>
    <message>
        <source>Part of the microscope</source>
        <translation>Mikroskobun bölümü</translation>
    </message>
    <message>
        <source>Images</source>
        <translation>Görüntü</translation>
    </message>
    <message>
        <source>Questions answered</source>
        <translation>Yanıtlanan sorular</translation>
    </message>
    <message>
        <source>Changed preprocessing</source>
        <translation>Değiştirilen ön işleme</translation>
    </message>
    <message>
        <source>Preview</source>
        <translation>Önizleme</translation>
    </message>
    <message>
        <source>Probability of the best label</source>
        <translation>En iyi etiketin olasılığı</translation>
    </message>
    <message>
        <source>Recipe</source>
        <translation>Yöntem</translation>
    </message>
    <message>
        <source>Chosen row</source>
        <translation>Seçili satır</translation>
    </message>
    <message>
        <source>Training is running</source>
        <translation>Eğitim sürüyor</translation>
    </message>
    <message>
        <source>Scaling of the columns</source>
        <translation>Sütunların ölçeklemesi</translation>
    </message>
    <message>
        <source>Seed</source>
        <translation>Tohum</translation>
    </message>
    <message>
        <source>Slope taken at</source>
        <translation>Eğimin alındığı yer</translation>
    </message>
    <message>
        <source>Source in Vision</source>
        <translation>Görüntü sekmesindeki kaynak</translation>
    </message>
    <message>
        <source>Steps</source>
        <translation>Adım</translation>
    </message>
    <message>
        <source>Stopped by</source>
        <translation>Durma nedeni</translation>
    </message>
    <message>
        <source>Tab in front</source>
        <translation>Öndeki sekme</translation>
    </message>
    <message>
        <source>Table</source>
        <translation>Tablo</translation>
    </message>
    <message>
        <source>Share of test rows</source>
        <translation>Test satırlarının payı</translation>
    </message>
    <message>
        <source>Threshold of &quot;not sure&quot;</source>
        <translation>“Emin değil” eşiği</translation>
    </message>
    <message>
        <source>Labels listed</source>
        <translation>Listelenen etiket</translation>
    </message>
    <message>
        <source>Undecided rows</source>
        <translation>Kararsız satır</translation>
    </message>
    <message>
        <source>Chosen unit</source>
        <translation>Seçili birim</translation>
    </message>
    <message>
        <source>Weight</source>
        <translation>Ağırlık</translation>
    </message>
    <message>
        <source>Every woman survived, no man did</source>
        <translation>Bütün kadınlar kurtuldu, hiçbir erkek kurtulmadı</translation>
    </message>
    <message>
        <source>at least</source>
        <translation>en az</translation>
    </message>
    <message>
        <source>at most</source>
        <translation>en çok</translation>
    </message>
    <message>
        <source>more than</source>
        <translation>&gt;</translation>
    </message>
    <message>
        <source>less than</source>
        <translation>&lt;</translation>
    </message>
    <message>
        <source>undecided</source>
        <translation>kararsız</translation>
    </message>
    <message>
        <source>unknown</source>
        <translation>bilinmiyor</translation>
    </message>
    <message>
        <source>inputs</source>
        <translation>girdi</translation>
    </message>
    <message>
        <source>outputs</source>
        <translation>çıktı</translation>
    </message>
    <message>
        <source>and</source>
        <translation>ve</translation>
    </message>
    <message>
        <source>none</source>
        <translation>yok</translation>
    </message>
    <message>
        <source>not</source>
        <translation>≠</translation>
    </message>
    <message>
        <source>without</source>
        <translation>içermez:</translation>
    </message>
    <message>
        <source>layer</source>
        <translation>katman</translation>
    </message>
    <message>
        <source>to rise</source>
        <translation>artmalı</translation>
    </message>
    <message>
        <source>to fall</source>
        <translation>azalmalı</translation>
    </message>
    <message>
        <source>to change</source>
        <translation>değişmeli</translation>
    </message>
    <message>
        <source>yes</source>
        <translation>evet</translation>
    </message>
    <message>
        <source>no</source>
        <translation>hayır</translation>
    </message>
    <message>
        <source>done</source>
        <translation>yapıldı</translation>
    </message>
    <message>
        <source>First weights of the seed</source>
        <translation>Tohumun ilk ağırlıkları</translation>
    </message>
</context>
<context>
    <name>ConfusionGrid</name>
    <message>
        <source>{n} of {truth} undecided</source>
        <translation>{truth} görüntülerinin {n} kararsız</translation>
    </message>
    <message>
        <source>{n} of {truth} right</source>
        <translation>{truth}: {n} doğru</translation>
    </message>
    <message>
        <source>{n} of {truth} taken for {guess}</source>
        <translation>{truth}: {n} {guess} sanıldı</translation>
    </message>
    <message>
        <source>{name}: {right} of {total} held-out images right</source>
        <translation>{name}: Ayrılan {total} görüntünün {right:doğru bilindi|hiçbiri doğru bilinmedi}</translation>
    </message>
    <message>
        <source>Undecided: two classes are equally probable</source>
        <translation>Kararsız: İki sınıfın olasılığı eşit</translation>
    </message>
</context>
<context>
    <name>ConfusionMatrix</name>
    <message>
        <source>{n} right</source>
        <translation>{n} doğru</translation>
    </message>
    <message>
        <source>{n} of class {truth} taken for {answer}</source>
        <translation>{truth} sınıfından {n} satır {answer} sanıldı</translation>
    </message>
    <message>
        <source>{n} rows of class {truth}, answered {answer}</source>
        <translation>{truth} sınıfından {n} satır, yanıt {answer}</translation>
    </message>
    <message>
        <source>{n} rows of class {truth}, undecided</source>
        <translation>{truth} sınıfından {n} satır, kararsız</translation>
    </message>
    <message>
        <source>undecided</source>
        <translation>kararsız</translation>
    </message>
    <message>
        <source>{n} of class {truth} undecided</source>
        <translation>{truth} sınıfından {n} satır kararsız</translation>
    </message>
    <message>
        <source>1 row of class {truth}, undecided</source>
        <translation>{truth} sınıfından 1 satır, kararsız</translation>
    </message>
    <message>
        <source>1 row of class {truth}, answered {answer}</source>
        <translation>{truth} sınıfından 1 satır, yanıt {answer}</translation>
    </message>
</context>
<context>
    <name>ConfusionPanel</name>
    <message>
        <source>And {n} more: click a cell of the matrix to see them.</source>
        <translation>{n} tane daha var: Görmek için matrisin bir hücresine tıklayın.</translation>
    </message>
    <message>
        <source>And 1 more: click a cell of the matrix to see it.</source>
        <translation>1 tane daha var: Görmek için matrisin bir hücresine tıklayın.</translation>
    </message>
    <message>
        <source>Confusion on held-out images</source>
        <translation>Ayrılan görüntülerin karışıklık matrisi</translation>
    </message>
    <message>
        <source>row: truth, column: guess</source>
        <translation>satır: gerçek, sütun: yanıt</translation>
    </message>
    <message>
        <source>Confusion matrix: row the truth, column the guess</source>
        <translation>Karışıklık matrisi: satır gerçek, sütun yanıt</translation>
    </message>
    <message>
        <source>Click a cell to see its images; arrow keys and Enter do the same</source>
        <translation>Görüntülerini görmek için bir hücreye tıklayın ya da ok tuşlarıyla hücreye gidip Enter’a basın</translation>
    </message>
    <message>
        <source>Once the head is trained, its mistakes on held-out images stand here.</source>
        <translation>Sınıflandırıcı eğitilince ayrılan görüntülerdeki yanlışları burada görünür.</translation>
    </message>
    <message>
        <source>No held-out image is taken for another class.</source>
        <translation>Ayrılan görüntülerin hiçbiri başka bir sınıfla karıştırılmadı.</translation>
    </message>
    <message>
        <source>Undecided on {n} of {total} held-out images: several classes are equally probable there, so they look alike to the head.</source>
        <translation>Ayrılan {total} görüntüden {n} tanesinde sınıflandırıcı kararsız: Bu görüntülerde birkaç sınıfın olasılığı eşit, sınıflar birbirine benziyor.</translation>
    </message>
    <message>
        <source>No image is held out, so there are none to be mistaken in.</source>
        <translation>Doğrulama için görüntü ayrılmadı; bu yüzden yanlışlar bilinmiyor.</translation>
    </message>
</context>
<context>
    <name>CsvDialog</name>
    <message>
        <source>tab</source>
        <translation>sekme</translation>
    </message>
    <message>
        <source>Choose at least one feature and one target.</source>
        <translation>En az bir girdi ve bir hedef seçin.</translation>
    </message>
    <message>
        <source>“{text}” is no number of lines: type 0 to {most}, or nothing.</source>
        <translation>“{text}” bir satır sayısı değil: 0 ile {most} arasında bir sayı yazın ya da boş bırakın.</translation>
    </message>
    <message>
        <source>Read from the sheet “{sheet}”.</source>
        <translation>“{sheet}” sayfasından okundu.</translation>
    </message>
    <message>
        <source>Import {file}</source>
        <translation>{file} dosyasını içe aktar</translation>
    </message>
    <message>
        <source>Sheet</source>
        <translation>Sayfa</translation>
    </message>
    <message>
        <source>Columns by</source>
        <translation>Sütun ayırıcı</translation>
    </message>
    <message>
        <source>There is only one column, and learning takes two.</source>
        <translation>Yalnızca bir sütun var, öğrenmek için iki sütun gerekir.</translation>
    </message>
    <message>
        <source>Tab</source>
        <translation>Sekme</translation>
    </message>
    <message>
        <source>Decimals by</source>
        <translation>Ondalık işareti</translation>
    </message>
    <message>
        <source>Encoding</source>
        <translation>Kodlama</translation>
    </message>
    <message>
        <source>First row</source>
        <translation>İlk satır</translation>
    </message>
    <message>
        <source>Names</source>
        <translation>Adlar</translation>
    </message>
    <message>
        <source>Values</source>
        <translation>Değerler</translation>
    </message>
    <message>
        <source>Task</source>
        <translation>Görev</translation>
    </message>
    <message>
        <source>Classification</source>
        <translation>Sınıflandırma</translation>
    </message>
    <message>
        <source>Regression</source>
        <translation>Regresyon</translation>
    </message>
    <message>
        <source>Scaling</source>
        <translation>Ölçekleme</translation>
    </message>
    <message>
        <source>Mean 0, deviation 1</source>
        <translation>Ort. 0, std. sapma 1</translation>
    </message>
    <message>
        <source>0 to 1</source>
        <translation>0 ile 1 arası</translation>
    </message>
    <message>
        <source>None</source>
        <translation>Yok</translation>
    </message>
    <message>
        <source>Gaps</source>
        <translation>Eksik değerler</translation>
    </message>
    <message>
        <source>Leave the row out</source>
        <translation>Satırı atla</translation>
    </message>
    <message>
        <source>Fill in</source>
        <translation>Doldur</translation>
    </message>
    <message>
        <source>Learn from it</source>
        <translation>Bu tabloyu kullan</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>İptal</translation>
    </message>
    <message>
        <source>How many lines stand above the table</source>
        <translation>Tablonun üstünde kaç satır olduğu</translation>
    </message>
    <message>
        <source>Blanks</source>
        <translation>Boşluk</translation>
    </message>
    <message>
        <source>Reading the table…</source>
        <translation>Tablo okunuyor…</translation>
    </message>
    <message>
        <source>Skip lines</source>
        <translation>Atlanacak satır</translation>
    </message>
    <message>
        <source>blank</source>
        <translation>boşluk</translation>
    </message>
    <message>
        <source>Read as {encoding}, columns separated by “{separator}”, decimals by “{decimal}”.</source>
        <translation>{encoding} olarak okundu; sütun ayırıcı “{separator}”, ondalık işareti “{decimal}”.</translation>
    </message>
    <message>
        <source>Detect</source>
        <translation>Otomatik</translation>
    </message>
    <message>
        <source>Columns</source>
        <translation>Sütunlar</translation>
    </message>
    <message>
        <source>First {n} rows</source>
        <translation>İlk {n} satır</translation>
    </message>
    <message>
        <source>What each column is used as</source>
        <translation>Her sütun ne olarak kullanılıyor</translation>
    </message>
    <message>
        <source>Preview</source>
        <translation>Önizleme</translation>
    </message>
    <message>
        <source>The table&apos;s first rows as read</source>
        <translation>Tablonun okunan ilk satırları</translation>
    </message>
    <message>
        <source>Column</source>
        <translation>Sütun</translation>
    </message>
    <message>
        <source>Holds</source>
        <translation>İçerik</translation>
    </message>
    <message>
        <source>Used as</source>
        <translation>Kullanım</translation>
    </message>
    <message>
        <source>Thousands separators removed: {example}</source>
        <translation>Binlik ayırıcılar kaldırıldı: {example}</translation>
    </message>
    <message>
        <source>numbers in {unit}</source>
        <translation>sayılar ({unit})</translation>
    </message>
    <message>
        <source>dates</source>
        <translation>tarihler</translation>
    </message>
    <message>
        <source>words, no two alike</source>
        <translation>sözcükler, hepsi farklı</translation>
    </message>
    <message>
        <source>Feature</source>
        <translation>Girdi</translation>
    </message>
    <message>
        <source>Target</source>
        <translation>Hedef</translation>
    </message>
    <message>
        <source>Nothing</source>
        <translation>Kullanma</translation>
    </message>
    <message>
        <source>numbers</source>
        <translation>sayılar</translation>
    </message>
    <message>
        <source>Table</source>
        <translation>Tablo</translation>
    </message>
    <message>
        <source>formulas</source>
        <translation>formüller</translation>
    </message>
    <message>
        <source>no values</source>
        <translation>değer yok</translation>
    </message>
    <message>
        <source>words</source>
        <translation>sözcükler</translation>
    </message>
    <message>
        <source>Use of column {name}</source>
        <translation>{name} sütununun kullanımı</translation>
    </message>
</context>
<context>
    <name>CutPanel</name>
    <message>
        <source>{share} of the picture</source>
        <translation>görüntüdeki payı {share}</translation>
    </message>
    <message>
        <source>The background becomes transparent when it is saved.</source>
        <translation>Kaydedilen görüntüde arka plan saydam olur.</translation>
    </message>
    <message>
        <source>The background goes out of focus.</source>
        <translation>Arka plan bulanıklaşır.</translation>
    </message>
    <message>
        <source>The background takes one colour.</source>
        <translation>Arka plan tek renk olur.</translation>
    </message>
    <message>
        <source>Save what is cut out</source>
        <translation>Kesilen parçayı kaydet</translation>
    </message>
    <message>
        <source>Cut out</source>
        <translation>Kesip al</translation>
    </message>
    <message>
        <source>Certain from</source>
        <translation>Kesinlik eşiği</translation>
    </message>
    <message>
        <source>Places where the network is less certain belong to the background</source>
        <translation>Ağın bundan daha az emin olduğu yerler arka plana sayılır</translation>
    </message>
    <message>
        <source>Background</source>
        <translation>Arka plan</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>Kaldır</translation>
    </message>
    <message>
        <source>Blur</source>
        <translation>Bulanıklaştır</translation>
    </message>
    <message>
        <source>Replace</source>
        <translation>Değiştir</translation>
    </message>
    <message>
        <source>Colour…</source>
        <translation>Renk…</translation>
    </message>
    <message>
        <source>Save cut-out…</source>
        <translation>Kesileni kaydet…</translation>
    </message>
    <message>
        <source>Leave nothing in its place</source>
        <translation>Yerine hiçbir şey koyma</translation>
    </message>
    <message>
        <source>Put it out of focus</source>
        <translation>Odak dışına al</translation>
    </message>
    <message>
        <source>Put one colour in its place</source>
        <translation>Yerine tek bir renk koy</translation>
    </message>
    <message>
        <source>Choose the background&apos;s colour</source>
        <translation>Arka planın rengini seç</translation>
    </message>
    <message>
        <source>Save what is cut out as a PNG</source>
        <translation>Kesilen parçayı PNG olarak kaydet</translation>
    </message>
</context>
<context>
    <name>Data</name>
    <message>
        <source>Majority</source>
        <translation>Çoğunluk</translation>
    </message>
    <message>
        <source>Parity</source>
        <translation>Eşlik</translation>
    </message>
    <message>
        <source>Half adder</source>
        <translation>Yarı topl.</translation>
    </message>
    <message>
        <source>Full adder</source>
        <translation>Tam topl.</translation>
    </message>
    <message>
        <source>always 0</source>
        <translation>hep 0</translation>
    </message>
    <message>
        <source>always 1</source>
        <translation>hep 1</translation>
    </message>
    <message>
        <source>All 16</source>
        <translation>16 kapı</translation>
    </message>
    <message>
        <source>Circle</source>
        <translation>Daire</translation>
    </message>
    <message>
        <source>Quadrants</source>
        <translation>Çeyrekler</translation>
    </message>
    <message>
        <source>Gaussians</source>
        <translation>Gauss</translation>
    </message>
    <message>
        <source>Spiral</source>
        <translation>Sarmal</translation>
    </message>
    <message>
        <source>Moons</source>
        <translation>Hilaller</translation>
    </message>
    <message>
        <source>Slope</source>
        <translation>Yamaç</translation>
    </message>
    <message>
        <source>Hills</source>
        <translation>Tepeler</translation>
    </message>
    <message>
        <source>By hand</source>
        <translation>Elle</translation>
    </message>
    <message>
        <source>Iris</source>
        <translation>Iris</translation>
    </message>
    <message>
        <source>Digits</source>
        <translation>Rakamlar</translation>
    </message>
    <message>
        <source>Symptoms</source>
        <translation>Belirtiler</translation>
    </message>
    <message>
        <source>Titanic</source>
        <translation>Titanic</translation>
    </message>
    <message>
        <source>Function</source>
        <translation>Fonksiyon</translation>
    </message>
    <message>
        <source>Own table</source>
        <translation>Tablonuz</translation>
    </message>
    <message>
        <source>Truth table</source>
        <translation>Doğruluk tablosu</translation>
    </message>
    <message>
        <source>Arrays</source>
        <translation>Diziler</translation>
    </message>
</context>
<context>
    <name>DataPanel</name>
    <message>
        <source>Data</source>
        <translation>Veri</translation>
    </message>
    <message>
        <source>Gates</source>
        <translation>Kapılar</translation>
    </message>
    <message>
        <source>Plane</source>
        <translation>Düzlem</translation>
    </message>
    <message>
        <source>Tables</source>
        <translation>Tablolar</translation>
    </message>
    <message>
        <source>Open a table</source>
        <translation>Tablo aç</translation>
    </message>
    <message>
        <source>Tables ({kinds})</source>
        <translation>Tablolar ({kinds})</translation>
    </message>
    <message>
        <source>Pictures in IDX files (*ubyte *ubyte.gz)</source>
        <translation>IDX dosyalarındaki görüntüler (*ubyte *ubyte.gz)</translation>
    </message>
    <message>
        <source>{name}: the pictures and their labels must lie in one folder under the names they came with, as in train-images-idx3-ubyte and train-labels-idx1-ubyte.</source>
        <translation>{name}: Görüntülerle etiketleri aynı klasörde, özgün adlarıyla durmalı; örneğin train-images-idx3-ubyte ve train-labels-idx1-ubyte.</translation>
    </message>
</context>
<context>
    <name>DataRail</name>
    <message>
        <source>Data: {name}</source>
        <translation>Veri: {name}</translation>
    </message>
    <message>
        <source>Table</source>
        <translation>Tablo</translation>
    </message>
    <message>
        <source>Noise</source>
        <translation>Gürültü</translation>
    </message>
    <message>
        <source>Rows</source>
        <translation>Satırlar</translation>
    </message>
    <message>
        <source>Open the data panel to edit the rows</source>
        <translation>Satırları düzenlemek için veri panelini aç</translation>
    </message>
    <message>
        <source>Open the data panel for noise and split</source>
        <translation>Gürültü ve bölme için veri panelini aç</translation>
    </message>
    <message>
        <source>Open the data panel</source>
        <translation>Veri panelini aç</translation>
    </message>
</context>
<context>
    <name>DataSettings</name>
    <message>
        <source>{train} train · {test} test</source>
        <translation>{train} eğitim · {test} test</translation>
    </message>
    <message>
        <source>Copies per row</source>
        <translation>Kopya sayısı</translation>
    </message>
    <message>
        <source>Noise</source>
        <translation>Gürültü</translation>
    </message>
    <message>
        <source>Points</source>
        <translation>Noktalar</translation>
    </message>
    <message>
        <source>Split</source>
        <translation>Bölme</translation>
    </message>
    <message>
        <source>Split by class</source>
        <translation>Sınıfa göre böl</translation>
    </message>
    <message>
        <source>Scatter of the points</source>
        <translation>Noktaların saçılması</translation>
    </message>
    <message>
        <source>Scatter added to the targets: standard deviation {sigma}</source>
        <translation>Hedeflere eklenen saçılma: standart sapma {sigma}</translation>
    </message>
    <message>
        <source>Scatter of the points: standard deviation {sigma}</source>
        <translation>Noktaların saçılması: standart sapma {sigma}</translation>
    </message>
    <message>
        <source>Function</source>
        <translation>Fonksiyon</translation>
    </message>
    <message>
        <source>Function of x1 and x2</source>
        <translation>x1 ve x2’nin fonksiyonu</translation>
    </message>
    <message>
        <source>As in sin(3*x1)*x2, a value to predict, or x1^2 &lt; x2, two classes</source>
        <translation>Örneğin tahmin edilecek bir değer için sin(3*x1)*x2, iki sınıf için x1^2 &lt; x2</translation>
    </message>
    <message>
        <source>How often each row appears</source>
        <translation>Her satırın kaç kez yer aldığı</translation>
    </message>
    <message>
        <source>Noise σ</source>
        <translation>Gürültü σ</translation>
    </message>
    <message>
        <source>Scatter added to the inputs</source>
        <translation>Girdilere eklenen saçılma</translation>
    </message>
    <message>
        <source>How many points are drawn</source>
        <translation>Çekilen nokta sayısı</translation>
    </message>
    <message>
        <source>Share of the rows to train on</source>
        <translation>Satırların eğitime ayrılan payı</translation>
    </message>
    <message>
        <source>by class</source>
        <translation>sınıfa göre</translation>
    </message>
    <message>
        <source>Each class keeps its share among the training and the test rows</source>
        <translation>Her sınıfın payı, eğitim ve test satırlarında aynı kalır</translation>
    </message>
    <message>
        <source>The data say which rows are for testing</source>
        <translation>Test satırlarını veri belirliyor</translation>
    </message>
</context>
<context>
    <name>DataWords</name>
    <message>
        <source>carry</source>
        <translation>elde</translation>
    </message>
    <message>
        <source>sum</source>
        <translation>toplam</translation>
    </message>
    <message>
        <source>sepal length cm</source>
        <translation>çanak yaprak boyu cm</translation>
    </message>
    <message>
        <source>sepal width cm</source>
        <translation>çanak yaprak eni cm</translation>
    </message>
    <message>
        <source>petal length cm</source>
        <translation>taç yaprak boyu cm</translation>
    </message>
    <message>
        <source>petal width cm</source>
        <translation>taç yaprak eni cm</translation>
    </message>
    <message>
        <source>loss of smell</source>
        <translation>koku kaybı</translation>
    </message>
    <message>
        <source>weight loss</source>
        <translation>kilo kaybı</translation>
    </message>
    <message>
        <source>runny nose</source>
        <translation>burun akıntısı</translation>
    </message>
    <message>
        <source>body pain</source>
        <translation>vücut ağrısı</translation>
    </message>
    <message>
        <source>ill</source>
        <translation>hasta</translation>
    </message>
    <message>
        <source>no</source>
        <translation>hayır</translation>
    </message>
    <message>
        <source>yes</source>
        <translation>evet</translation>
    </message>
    <message>
        <source>class</source>
        <translation>sınıf</translation>
    </message>
    <message>
        <source>female</source>
        <translation>kadın</translation>
    </message>
    <message>
        <source>died</source>
        <translation>öldü</translation>
    </message>
    <message>
        <source>survived</source>
        <translation>kurtuldu</translation>
    </message>
    <message>
        <source>speed (km/h)</source>
        <translation>hız (km/h)</translation>
    </message>
    <message>
        <source>reaction (s)</source>
        <translation>tepki süresi (s)</translation>
    </message>
    <message>
        <source>road=dry</source>
        <translation>yol=kuru</translation>
    </message>
    <message>
        <source>road=wet</source>
        <translation>yol=ıslak</translation>
    </message>
    <message>
        <source>stopping (m)</source>
        <translation>durma mesafesi (m)</translation>
    </message>
    <message>
        <source>r{row}c{column}</source>
        <translation>sat{row}süt{column}</translation>
    </message>
    <message>
        <source>Thousands separators removed: {columns}.</source>
        <translation>Binlik ayırıcıları kaldırılan sütunlar: {columns}.</translation>
    </message>
    <message>
        <source>{some} and {n} more</source>
        <translation>{some} ve {n} satır daha</translation>
    </message>
    <message>
        <source>{n} at the end</source>
        <translation>sonda {n} satır</translation>
    </message>
    <message>
        <source>Lines passed over: {lines}.</source>
        <translation>Atlanan satırlar: {lines}.</translation>
    </message>
    <message>
        <source>Numbers read without their unit: {columns}.</source>
        <translation>Birimi atılarak sayı diye okunan sütunlar: {columns}.</translation>
    </message>
    <message>
        <source>{n} blank</source>
        <translation>{n} boş satır</translation>
    </message>
    <message>
        <source>{n} at the top</source>
        <translation>başta {n} satır</translation>
    </message>
    <message>
        <source>{n} with a comment</source>
        <translation>{n} yorum satırı</translation>
    </message>
    <message>
        <source>{n} of {rows} rows left out for missing values: {some}.</source>
        <translation>{rows} satırın {n} eksik değer yüzünden dışarıda bırakıldı (satır: {some}).</translation>
    </message>
</context>
<context>
    <name>DecisionMap</name>
    <message>
        <source>Over the plane it answers {low} to {high}.</source>
        <translation>Düzlem üzerinde yanıtı {low} ile {high} arasında.</translation>
    </message>
    <message>
        <source>{name} over {share} of the plane</source>
        <translation>düzlemin {share} kadarında {name}</translation>
    </message>
    <message>
        <source>free</source>
        <translation>serbest</translation>
    </message>
    <message>
        <source>wrong: {n}</source>
        <translation>yanlış: {n}</translation>
    </message>
    <message>
        <source>{n} rows here</source>
        <translation>burada {n} satır</translation>
    </message>
    <message>
        <source>About {n} rows here</source>
        <translation>burada yaklaşık {n} satır</translation>
    </message>
    <message>
        <source>answered wrongly</source>
        <translation>yanlış yanıtlandı</translation>
    </message>
    <message>
        <source>undecided</source>
        <translation>kararsız</translation>
    </message>
    <message>
        <source>test row</source>
        <translation>test satırı</translation>
    </message>
    <message>
        <source>Arrow keys move a cursor; Space uses the chosen tool there.</source>
        <translation>Ok tuşları imleci taşır; Boşluk tuşu seçili aracı orada kullanır.</translation>
    </message>
</context>
<context>
    <name>Dialogs</name>
    <message>
        <source>This name is too long for a file. Choose a shorter one.</source>
        <translation>Bu ad bir dosya için çok uzun. Daha kısa bir ad seçin.</translation>
    </message>
</context>
<context>
    <name>DockPanel</name>
    <message>
        <source>Loss</source>
        <translation>Kayıp</translation>
    </message>
    <message>
        <source>Weights</source>
        <translation>Ağırlıklar</translation>
    </message>
    <message>
        <source>Hidden space</source>
        <translation>Gizli uzay</translation>
    </message>
    <message>
        <source>Lottery</source>
        <translation>Piyango</translation>
    </message>
    <message>
        <source>More views</source>
        <translation>Daha çok görünüm</translation>
    </message>
    <message>
        <source>Seed lottery</source>
        <translation>Tohum piyangosu</translation>
    </message>
    <message>
        <source>Landscape</source>
        <translation>Kayıp yüzeyi</translation>
    </message>
    <message>
        <source>Further views</source>
        <translation>Diğer görünümler</translation>
    </message>
    <message>
        <source>Histograms of the weights</source>
        <translation>Ağırlıkların histogramları</translation>
    </message>
</context>
<context>
    <name>Doctor</name>
    <message>
        <source>Unit {unit} is dead</source>
        <translation>{unit} birimi ölü</translation>
    </message>
    <message>
        <source>Re-draw its weights</source>
        <translation>Ağırlıklarını yeniden çek</translation>
    </message>
    <message>
        <source>The loss ran away</source>
        <translation>Kayıp ıraksadı</translation>
    </message>
    <message>
        <source>It was {first} and grew to {last}.</source>
        <translation>Kayıp {first} değerinden {last} değerine çıktı.</translation>
    </message>
    <message>
        <source>After epoch {epoch} it was no number any more.</source>
        <translation>Kayıp {epoch}. epoktan sonra hesaplanamaz oldu (sonsuz ya da tanımsız).</translation>
    </message>
    <message>
        <source>A hidden layer is needed</source>
        <translation>Gizli katman gerekiyor</translation>
    </message>
    <message>
        <source>Add 4 hidden units</source>
        <translation>4 gizli birim ekle</translation>
    </message>
    <message>
        <source>The loss no longer falls</source>
        <translation>Kayıp artık düşmüyor</translation>
    </message>
    <message>
        <source>It has stood at {loss} for 200 epochs; {share} of the rows are right. Another start may get further.</source>
        <translation>Kayıp 200 epoktur {loss} düzeyinde; doğruluk {share}. Başka bir başlangıç daha ileri gidebilir.</translation>
    </message>
    <message>
        <source>Behind {layers} layers of Sigmoid no unit differs by more than {spread} between rows, and the loss no longer falls: each layer passes on at most a quarter of a difference, times its weights. Tanh passes on more.</source>
        <translation>Art arda {layers} Sigmoid katmanından sonra hiçbir birimin yanıtı satırdan satıra {spread} değerinden fazla değişmiyor ve kayıp artık düşmüyor: Her katman bir farkın en çok dörtte birini, ağırlıklarıyla çarparak iletir. Tanh daha fazlasını iletir.</translation>
    </message>
    <message>
        <source>The loss falls slowly</source>
        <translation>Kayıp yavaş düşüyor</translation>
    </message>
    <message>
        <source>At a rate of {rate} it falls steadily, but by {drop} in 50 epochs: the rate is low, or little is left to gain.</source>
        <translation>Öğrenme oranı {rate} iken kayıp düzenli olarak azalıyor ama 50 epokta yalnızca {drop} düşüyor: Ya oran düşük ya da kazanılacak pek bir şey kalmadı.</translation>
    </message>
    <message>
        <source>No better than one answer to all</source>
        <translation>Hep aynı yanıtı vermekten daha iyi değil</translation>
    </message>
    <message>
        <source>All {units} units of layer {layer} are dead</source>
        <translation>{layer}. katmandaki {units} birimin hepsi ölü</translation>
    </message>
    <message>
        <source>All {units} units of layer {layer} are saturated</source>
        <translation>{layer}. katmandaki {units} birimin hepsi doymuş</translation>
    </message>
    <message>
        <source>No straight border fits every row</source>
        <translation>Hiçbir düz sınır bütün satırlara uymuyor</translation>
    </message>
    <message>
        <source>No single unit that reads {inputs} gives {output} its answers. More inputs may do it, or a hidden layer.</source>
        <translation>{inputs} okuyan tek bir birim {output} yanıtlarını veremez. Başka girdiler ya da bir gizli katman bunu sağlayabilir.</translation>
    </message>
    <message>
        <source>“{loss}” reads outputs that go freely to both sides of 0; those of {activation} do not, and training may stand still while rows are wrong.</source>
        <translation>“{loss}” sıfırın iki yanına da serbestçe uzanan çıktılar içindir; {activation} çıktıları öyle değildir. Yanlış satırlar varken bile eğitim yerinde sayabilir.</translation>
    </message>
    <message>
        <source>Units of layer {layer} are copies</source>
        <translation>{layer}. katmanın birimleri aynı</translation>
    </message>
    <message>
        <source>Draw the weights at random</source>
        <translation>Ağırlıkları rastgele çek</translation>
    </message>
    <message>
        <source>{count} of {units} units of layer {layer} are dead</source>
        <translation>{layer}. katmanda {units} birimin {count} ölü</translation>
    </message>
    <message>
        <source>Re-draw their weights</source>
        <translation>Ağırlıklarını yeniden çek</translation>
    </message>
    <message>
        <source>{count} of {units} units of layer {layer} are saturated</source>
        <translation>{layer}. katmanda {units} birimin {count} doymuş</translation>
    </message>
    <message>
        <source>The {units} units are of only {kinds} kinds. Copies get the same gradient and stay copies.</source>
        <translation>{units} birimin yalnızca {kinds} birbirinden farklı. Aynı olan birimler aynı gradyanı alır, hep aynı kalır.</translation>
    </message>
    <message>
        <source>Unit {unit} is saturated</source>
        <translation>{unit} birimi doymuş</translation>
    </message>
    <message>
        <source>It sits at the ends of {activation} on nearly every row, where it is nearly flat.</source>
        <translation>Birim, hemen her satırda {activation} eğrisinin neredeyse düz olan uçlarında kalıyor.</translation>
    </message>
    <message>
        <source>Shrink its weights</source>
        <translation>Ağırlıklarını küçült</translation>
    </message>
    <message>
        <source>No straight border gives {output} its answers on every training row. A hidden layer bends it; so do derived inputs. Where classes only overlap, that gains little.</source>
        <translation>Eğitim satırlarının hepsini {output} için hiçbir düz sınır ayıramaz. Sınır, gizli katmanla ya da türetilmiş girdilerle eğrilir. Sınıflar yalnızca örtüşüyorsa bu pek bir şey kazandırmaz.</translation>
    </message>
    <message>
        <source>No single unit that reads {inputs} gives {output} its answers on every training row. More inputs may do it, or a hidden layer. Where classes only overlap, that gains little.</source>
        <translation>{inputs} okuyan tek bir birim, eğitim satırlarının hepsinde {output} yanıtlarını veremez. Başka girdiler ya da bir gizli katman bunu sağlayabilir. Sınıflar yalnızca örtüşüyorsa bu pek bir şey kazandırmaz.</translation>
    </message>
    <message>
        <source>All {units} are alike. Copies get the same gradient and stay copies.</source>
        <translation>{units} birimin hepsi aynı. Aynı olan birimler aynı gradyanı alır, hep aynı kalır.</translation>
    </message>
    <message>
        <source>They are 0 on every row looked at and get no gradient: {names}.</source>
        <translation>Bakılan her satırda 0 olan ve gradyan almayan birimler: {names}.</translation>
    </message>
    <message>
        <source>No straight border gives {output} its answers. A hidden layer bends it; so do derived inputs.</source>
        <translation>Bu satırları {output} için hiçbir düz sınır ayıramaz. Sınır, gizli katmanla ya da türetilmiş girdilerle eğrilir.</translation>
    </message>
    <message>
        <source>The hidden layer adds nothing</source>
        <translation>Gizli katman bir şey katmıyor</translation>
    </message>
    <message>
        <source>Through one unit, or through identities, it draws the border that a network without a hidden layer draws, and no such border gives {output} its answers.</source>
        <translation>Tek birimli ya da özdeşlik aktivasyonlu bir gizli katmanla çizilen sınır, gizli katmansız bir ağınkiyle aynıdır; öyle bir sınır {output} için doğru yanıtları veremez.</translation>
    </message>
    <message>
        <source>Make it 4 hidden units</source>
        <translation>4 gizli birim yap</translation>
    </message>
    <message>
        <source>They sit at the ends of {activation} on nearly every row, where it is nearly flat.</source>
        <translation>Birimler, hemen her satırda {activation} eğrisinin neredeyse düz olan uçlarında kalıyor.</translation>
    </message>
    <message>
        <source>Shrink their weights</source>
        <translation>Ağırlıklarını küçült</translation>
    </message>
    <message>
        <source>Softmax has one unit</source>
        <translation>Softmax’ın tek birimi var</translation>
    </message>
    <message>
        <source>A softmax over one unit always says 1.</source>
        <translation>Tek birim üzerinde softmax hep 1 yanıtını verir.</translation>
    </message>
    <message>
        <source>Use a sigmoid</source>
        <translation>Sigmoid kullan</translation>
    </message>
    <message>
        <source>Start anew with another seed</source>
        <translation>Başka bir tohumla yeniden başlat</translation>
    </message>
    <message>
        <source>The penalty is too strong</source>
        <translation>Ceza çok güçlü</translation>
    </message>
    <message>
        <source>At {penalty} it has drawn all weights to almost 0, the largest to {largest}, and the loss no longer falls. From another start it would do the same.</source>
        <translation>{penalty} düzeyindeki ceza bütün ağırlıkları sıfıra yaklaştırmış; en büyüğü {largest}. Kayıp artık düşmüyor. Başka bir başlangıçta da aynısı olur.</translation>
    </message>
    <message>
        <source>Start anew at a tenth of the penalty</source>
        <translation>Cezayı onda birine indirip yeniden başlat</translation>
    </message>
    <message>
        <source>The rows fade on the way</source>
        <translation>Satırlar arasındaki fark yolda kayboluyor</translation>
    </message>
    <message>
        <source>Start anew with Tanh in the hidden layers</source>
        <translation>Gizli katmanları Tanh yapıp yeniden başlat</translation>
    </message>
    <message>
        <source>The learning rate is too high</source>
        <translation>Öğrenme oranı çok yüksek</translation>
    </message>
    <message>
        <source>At {rate} the loss jumps up in {share} of the epochs.</source>
        <translation>Öğrenme oranı {rate} iken kayıp, epokların {share} kadarında yukarı sıçrıyor.</translation>
    </message>
    <message>
        <source>Triple the learning rate</source>
        <translation>Öğrenme oranını üçe katla</translation>
    </message>
    <message>
        <source>The learning rate is 0</source>
        <translation>Öğrenme oranı 0</translation>
    </message>
    <message>
        <source>So no step changes a weight, and nothing is learned.</source>
        <translation>Bu yüzden hiçbir adım ağırlıkları değiştirmiyor; ağ hiçbir şey öğrenmiyor.</translation>
    </message>
    <message>
        <source>Set the rate to {rate}</source>
        <translation>Oranı {rate} yap</translation>
    </message>
    <message>
        <source>Test loss is rising</source>
        <translation>Test kaybı artıyor</translation>
    </message>
    <message>
        <source>Lowest at epoch {epoch}: {best}, now {last}.</source>
        <translation>{epoch}. epokta en düşüktü: {best}; şimdi {last}.</translation>
    </message>
    <message>
        <source>Add a penalty, stop in time</source>
        <translation>Ceza terimi ekle, erken durdur</translation>
    </message>
    <message>
        <source>{name} never changes</source>
        <translation>{name} hiç değişmiyor</translation>
    </message>
    <message>
        <source>It has one value in every training row and tells no two apart.</source>
        <translation>Bu girdinin değeri tüm eğitim satırlarında aynı; hiçbir satırı ötekinden ayırmıyor.</translation>
    </message>
    <message>
        <source>The inputs differ much in size</source>
        <translation>Girdilerin büyüklüğü çok farklı</translation>
    </message>
    <message>
        <source>Their deviations go from {low} to {high}: one rate is wrong for some weights.</source>
        <translation>Standart sapmaları {low} ile {high} arasında: Tek bir öğrenme oranı bazı ağırlıklara uymuyor.</translation>
    </message>
    <message>
        <source>Standardise the inputs</source>
        <translation>Girdileri standartlaştır</translation>
    </message>
    <message>
        <source>The inputs are large</source>
        <translation>Girdi değerleri büyük</translation>
    </message>
    <message>
        <source>Their deviations reach {high}: a rate that suits the biases is far too high for the weights.</source>
        <translation>Standart sapmaları {high} değerine varıyor: Sapmalara (bias) uyan öğrenme oranı, ağırlıklar için çok yüksek.</translation>
    </message>
    <message>
        <source>After {epochs} epochs {share} of the rows are right; the most common answer alone gives {guess}.</source>
        <translation>{epochs} epok sonra doğruluk {share}; hep en sık görülen yanıt verilseydi {guess} olurdu.</translation>
    </message>
    <message>
        <source>Rows contradict each other</source>
        <translation>Satırlar birbiriyle çelişiyor</translation>
    </message>
    <message>
        <source>z ≤ 0 on every row looked at, so no gradient reaches its weights.</source>
        <translation>Bakılan her satırda z ≤ 0; ağırlıklarına hiç gradyan ulaşmıyor.</translation>
    </message>
    <message>
        <source>So every border goes through the origin. None of those gives {output} its answers; one with a bias does.</source>
        <translation>Bu yüzden her sınır başlangıç noktasından geçer. Bunların hiçbiri {output} için doğru yanıtları vermez; sapması olan bir sınır verir.</translation>
    </message>
    <message>
        <source>Rows {first} and {second} have equal inputs and different targets; other rows that contradict in this way: {more}. No network gets more than {ceiling} of the training rows right.</source>
        <translation>{first}. ve {second}. satırların girdileri aynı, hedefleri farklı; böyle çelişen başka satır sayısı: {more}. Hiçbir ağın eğitim satırlarındaki doğruluğu {ceiling} değerini aşamaz.</translation>
    </message>
    <message>
        <source>Rows {first} and {second} have the same {inputs} and different targets. No network that reads only that gets more than {ceiling} of the training rows right.</source>
        <translation>{first}. ve {second}. satırlarda {inputs} aynı, hedefler farklı. Başka bir girdi okumayan hiçbir ağın eğitim satırlarındaki doğruluğu {ceiling} değerini aşamaz.</translation>
    </message>
    <message>
        <source>No straight border gives {output} its answers, so the rule never gets all rows right, at any learning rate: learning one row unlearns another.</source>
        <translation>Bu satırları {output} için hiçbir düz sınır ayıramaz; bu yüzden kural hiçbir öğrenme oranında tüm satırları doğru yanıtlayamaz: Bir satırı öğrenirken ötekini unutur.</translation>
    </message>
    <message>
        <source>The loss does not fit the output</source>
        <translation>Kayıp, çıktıya uymuyor</translation>
    </message>
    <message>
        <source>Use “{fitting}”</source>
        <translation>“{fitting}” kullan</translation>
    </message>
    <message>
        <source>The perceptron goes round in circles</source>
        <translation>Perceptron dönüp duruyor</translation>
    </message>
    <message>
        <source>Rows {first} and {second} have equal inputs and different targets. No network gets more than {ceiling} of the training rows right.</source>
        <translation>{first}. ve {second}. satırların girdileri aynı, hedefleri farklı. Hiçbir ağın eğitim satırlarındaki doğruluğu {ceiling} değerini aşamaz.</translation>
    </message>
    <message>
        <source>The output layer has no bias</source>
        <translation>Çıktı katmanının sapması (bias) yok</translation>
    </message>
    <message>
        <source>Switch the bias on</source>
        <translation>Sapmayı (bias) aç</translation>
    </message>
    <message>
        <source>Start anew at a rate of {lower}</source>
        <translation>{lower} oranıyla baştan başla</translation>
    </message>
    <message>
        <source>Set the rate to {lower}</source>
        <translation>Oranı {lower} yap</translation>
    </message>
</context>
<context>
    <name>DoctorCards</name>
    <message>
        <source>1 finding</source>
        <translation>1 bulgu</translation>
    </message>
    <message>
        <source>{n} findings</source>
        <translation>{n} bulgu</translation>
    </message>
    <message>
        <source>the {shown} gravest of {n} findings</source>
        <translation>{n} bulgunun en önemli {shown} tanesi</translation>
    </message>
    <message>
        <source>no findings</source>
        <translation>bulgu yok</translation>
    </message>
    <message>
        <source>Show all {n} findings</source>
        <translation>{n} bulgunun hepsini göster</translation>
    </message>
    <message>
        <source>Show the lesser findings too</source>
        <translation>Daha hafif bulguları da göster</translation>
    </message>
    <message>
        <source>Training doctor</source>
        <translation>Eğitim doktoru</translation>
    </message>
    <message>
        <source>Looks for dead and saturated units, equal starts, a loss that is stuck or runs away, and a test loss that rises.</source>
        <translation>Ölü ve doymuş birimlere, eşit başlangıçlara, takılan ya da ıraksayan kayba ve artan test kaybına bakar.</translation>
    </message>
</context>
<context>
    <name>DocumentFiles</name>
    <message>
        <source>Save experiment</source>
        <translation>Deneyi kaydet</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>İptal</translation>
    </message>
    <message>
        <source>Open experiment</source>
        <translation>Deney aç</translation>
    </message>
    <message>
        <source>Open a trained network</source>
        <translation>Eğitilmiş bir ağ aç</translation>
    </message>
    <message>
        <source>Networks in ONNX files</source>
        <translation>ONNX dosyalarındaki ağlar</translation>
    </message>
    <message>
        <source>Glassnet experiments</source>
        <translation>Glassnet deneyleri</translation>
    </message>
    <message>
        <source>{name} was no longer where it was saved; it is now read from {folder}. Save the experiment to keep that.</source>
        <translation>{name} kaydedildiği yerde değildi; şimdi {folder} klasöründen okunuyor. Böyle kalması için deneyi kaydedin.</translation>
    </message>
    <message>
        <source>{name} is open. ONNX’s own evaluator, on {rows} rows, answers the same within {n}.</source>
        <translation>{name} açıldı. ONNX’in kendi değerlendiricisi {rows} satırda en çok {n} farkla aynı yanıtları veriyor.</translation>
    </message>
    <message>
        <source>{name} had been deleted or moved; it was written anew.</source>
        <translation>{name} silinmiş ya da taşınmıştı; yeniden yazıldı.</translation>
    </message>
    <message>
        <source>{name} was changed on disk.</source>
        <translation>{name} diskte değişti.</translation>
    </message>
    <message>
        <source>Reload</source>
        <translation>Yeniden yükle</translation>
    </message>
    <message>
        <source>Another window or program has written to it since it was opened or saved here. Reload drops your changes, overwrite drops the other ones.</source>
        <translation>Burada açıldıktan ya da kaydedildikten sonra başka bir pencere veya program dosyaya yazdı. Yeniden yüklerseniz sizin değişiklikleriniz, üzerine yazarsanız ötekiler kaybolur.</translation>
    </message>
    <message>
        <source>Save as…</source>
        <translation>Farklı kaydet…</translation>
    </message>
    <message>
        <source>{name} was deleted or moved. Saving writes it anew.</source>
        <translation>{name} silindi ya da taşındı. Kaydederseniz yeniden yazılır.</translation>
    </message>
    <message>
        <source>Overwrite</source>
        <translation>Üzerine yaz</translation>
    </message>
    <message>
        <source>{name} was changed on disk since it was opened or saved here.</source>
        <translation>{name}, burada açıldıktan ya da kaydedildikten sonra diskte değişti.</translation>
    </message>
    <message>
        <source>Only {name} was opened: a window holds one experiment. Not opened: {others}.</source>
        <translation>Yalnızca {name} açıldı: Bir pencerede tek bir deney bulunur. Açılmayanlar: {others}.</translation>
    </message>
    <message>
        <source>Save “{name}”?</source>
        <translation>“{name}” kaydedilsin mi?</translation>
    </message>
</context>
<context>
    <name>DocumentMenu</name>
    <message>
        <source>Document: {title}</source>
        <translation>Belge: {title}</translation>
    </message>
    <message>
        <source>Document</source>
        <translation>Belge</translation>
    </message>
    <message>
        <source>Open a picture, save what is shown</source>
        <translation>Resim aç, gösterileni kaydet</translation>
    </message>
    <message>
        <source>New, open, save and export</source>
        <translation>Yeni, aç, kaydet ve dışa aktar</translation>
    </message>
    <message>
        <source>Open recent</source>
        <translation>Son kullanılanlar</translation>
    </message>
    <message>
        <source>Export</source>
        <translation>Dışa aktar</translation>
    </message>
</context>
<context>
    <name>EpochPlot</name>
    <message>
        <source>article</source>
        <translation>makale</translation>
    </message>
    <message>
        <source>corrected</source>
        <translation>düzeltilmiş</translation>
    </message>
    <message>
        <source>seed {n}</source>
        <translation>tohum {n}</translation>
    </message>
    <message>
        <source>Training loss</source>
        <translation>Eğitim kaybı</translation>
    </message>
    <message>
        <source>Test loss</source>
        <translation>Test kaybı</translation>
    </message>
    <message>
        <source>Training accuracy</source>
        <translation>Eğitim doğruluğu</translation>
    </message>
    <message>
        <source>Validation accuracy</source>
        <translation>Doğrulama doğruluğu</translation>
    </message>
    <message>
        <source>{curve}: {loss} at epoch {epoch}</source>
        <translation>{curve}: {epoch}. epokta {loss}</translation>
    </message>
    <message>
        <source>{curve} from {first} to {last}, lowest {best} at epoch {epoch}.</source>
        <translation>{curve}: başta {first}, şimdi {last}, en düşüğü {epoch}. epokta {best}.</translation>
    </message>
    <message>
        <source>{curve} from {first} to {last}, highest {best} at epoch {epoch}.</source>
        <translation>{curve}: başta {first}, şimdi {last}, en yükseği {epoch}. epokta {best}.</translation>
    </message>
    <message>
        <source>No curve yet.</source>
        <translation>Henüz eğri yok.</translation>
    </message>
</context>
<context>
    <name>ErrorCard</name>
    <message>
        <source>Error on this row</source>
        <translation>Bu satırdaki hata</translation>
    </message>
    <message>
        <source>loss = {value}</source>
        <translation>kayıp = {value}</translation>
    </message>
    <message>
        <source>no loss</source>
        <translation>kayıp yok</translation>
    </message>
</context>
<context>
    <name>Explain</name>
    <message>
        <source>Glossary: Shift+F1</source>
        <translation>Sözlük: Shift+F1</translation>
    </message>
</context>
<context>
    <name>Exporter</name>
    <message>
        <source>Export as ONNX</source>
        <translation>ONNX olarak dışa aktar</translation>
    </message>
    <message>
        <source>Export as NumPy script</source>
        <translation>NumPy betiği olarak dışa aktar</translation>
    </message>
    <message>
        <source>Export as PyTorch script</source>
        <translation>PyTorch betiği olarak dışa aktar</translation>
    </message>
    <message>
        <source>Export as notebook</source>
        <translation>Not defteri olarak dışa aktar</translation>
    </message>
    <message>
        <source>Export the drawing as SVG</source>
        <translation>Çizimi SVG olarak dışa aktar</translation>
    </message>
    <message>
        <source>Export the drawing as PNG</source>
        <translation>Çizimi PNG olarak dışa aktar</translation>
    </message>
    <message>
        <source>Export the predictions</source>
        <translation>Tahminleri dışa aktar</translation>
    </message>
    <message>
        <source>Print as a worksheet</source>
        <translation>Çalışma kâğıdı olarak yazdır</translation>
    </message>
    <message>
        <source>Print as a worksheet with empty fields</source>
        <translation>Boşluk doldurmalı çalışma kâğıdı olarak yazdır</translation>
    </message>
    <message>
        <source>It was not run here: PyTorch is not installed beside Glassnet.</source>
        <translation>Burada çalıştırılmadı: Glassnet’in kullandığı Python ortamında PyTorch kurulu değil.</translation>
    </message>
    <message>
        <source>Run by OpenCV on {rows}, its answers differ by at most {n}.</source>
        <translation>OpenCV ile {rows} üzerinde çalıştırıldı; yanıtlar arasındaki en büyük fark {n}.</translation>
    </message>
    <message>
        <source>Run by PyTorch on {rows}, its answers differ by at most {n}.</source>
        <translation>PyTorch ile {rows} üzerinde çalıştırıldı; yanıtlar arasındaki en büyük fark {n}.</translation>
    </message>
    <message>
        <source>Run on {rows}, its answers differ by at most {n}.</source>
        <translation>{rows} üzerinde çalıştırıldı; yanıtlar arasındaki en büyük fark {n}.</translation>
    </message>
    <message>
        <source>{n} rows</source>
        <translation>{n} satır</translation>
    </message>
    <message>
        <source>1 row</source>
        <translation>1 satır</translation>
    </message>
</context>
<context>
    <name>FeatureStrip</name>
    <message>
        <source>Take out the input {name}</source>
        <translation>{name} girdisini çıkar</translation>
    </message>
    <message>
        <source>Add the input {name}</source>
        <translation>{name} girdisini ekle</translation>
    </message>
    <message>
        <source>squared</source>
        <translation>karesi</translation>
    </message>
    <message>
        <source>sine</source>
        <translation>sinüsü</translation>
    </message>
    <message>
        <source>Inputs to choose from</source>
        <translation>Seçilebilecek girdiler</translation>
    </message>
    <message>
        <source>Inputs can be derived of {n} columns at most; this table has more.</source>
        <translation>Girdiler en çok {n} sütundan türetilebilir; bu tablonun daha çok sütunu var.</translation>
    </message>
    <message>
        <source>Add</source>
        <translation>Ekle</translation>
    </message>
    <message>
        <source>Add this input</source>
        <translation>Bu girdiyi ekle</translation>
    </message>
    <message>
        <source>Column of the new input</source>
        <translation>Yeni girdinin sütunu</translation>
    </message>
    <message>
        <source>What is made of the column</source>
        <translation>Sütundan ne türetileceği</translation>
    </message>
</context>
<context>
    <name>FileOpener</name>
    <message>
        <source>Open folder</source>
        <translation>Klasör aç</translation>
    </message>
    <message>
        <source>Open video</source>
        <translation>Video aç</translation>
    </message>
    <message>
        <source>Videos</source>
        <translation>Videolar</translation>
    </message>
    <message>
        <source>Open image</source>
        <translation>Görüntü aç</translation>
    </message>
    <message>
        <source>Camera {n}</source>
        <translation>Kamera {n}</translation>
    </message>
    <message>
        <source>Pictures</source>
        <translation>Görüntüler</translation>
    </message>
    <message>
        <source>Open model files</source>
        <translation>Model dosyalarını aç</translation>
    </message>
    <message>
        <source>Models and labels</source>
        <translation>Modeller ve etiketler</translation>
    </message>
    <message>
        <source>Network address</source>
        <translation>Ağ adresi</translation>
    </message>
    <message>
        <source>Address of an MJPEG (http) or RTSP stream:</source>
        <translation>MJPEG (http) ya da RTSP akışının adresi:</translation>
    </message>
</context>
<context>
    <name>Files</name>
    <message>
        <source>What you changed since you last saved would be lost.</source>
        <translation>Son kayıttan bu yana yaptığınız değişiklikler kaybolacak.</translation>
    </message>
    <message>
        <source>Save</source>
        <translation>Kaydet</translation>
    </message>
    <message>
        <source>Discard</source>
        <translation>Kaydetmeden sürdür</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>İptal</translation>
    </message>
    <message>
        <source>This work has not been saved to a file yet.</source>
        <translation>Bu çalışma henüz bir dosyaya kaydedilmedi.</translation>
    </message>
    <message>
        <source>Save the changes to {name}?</source>
        <translation>{name} dosyasındaki değişiklikler kaydedilsin mi?</translation>
    </message>
</context>
<context>
    <name>FirstPage</name>
    <message>
        <source>This network gets XOR wrong. Train it and watch it learn.</source>
        <translation>Bu ağ XOR’u yanlış hesaplıyor. Eğitin, nasıl öğrendiğini izleyin.</translation>
    </message>
    <message>
        <source>XOR is 1 when exactly one of its two inputs is 1. This network has {n} numbers. You can see every one of them, and change any of them.</source>
        <translation>XOR, iki girdisinden yalnızca biri 1 olduğunda 1’dir. Bu ağda {n} sayı var. Her birini görebilir, istediğinizi değiştirebilirsiniz.</translation>
    </message>
    <message>
        <source>Train</source>
        <translation>Eğit</translation>
    </message>
    <message>
        <source>or press</source>
        <translation>kısayol:</translation>
    </message>
    <message>
        <source>Train this network ({key})</source>
        <translation>Bu ağı eğit ({key})</translation>
    </message>
    <message>
        <source>Show all panels</source>
        <translation>Tüm panelleri göster</translation>
    </message>
    <message>
        <source>Open a saved network…</source>
        <translation>Kayıtlı bir ağ aç…</translation>
    </message>
    <message>
        <source>Open a saved network</source>
        <translation>Kayıtlı bir ağ aç</translation>
    </message>
    <message>
        <source>Teach it your own images</source>
        <translation>Görüntülerle sınıflandırıcı eğit</translation>
    </message>
    <message>
        <source>Make classes of your own images and train a network to tell them apart</source>
        <translation>Kendi görüntülerinizden sınıflar oluşturun ve bir ağı bunları ayırt etmek üzere eğitin</translation>
    </message>
    <message>
        <source>Before training</source>
        <translation>Eğitimden önce</translation>
    </message>
    <message>
        <source>Or start with a lesson</source>
        <translation>Ya da bir dersle başlayın</translation>
    </message>
    <message>
        <source>All lessons</source>
        <translation>Bütün dersler</translation>
    </message>
    <message>
        <source>All lessons ({key})</source>
        <translation>Bütün dersler ({key})</translation>
    </message>
    <message>
        <source>Why can’t a perceptron do XOR?</source>
        <translation>Perceptron XOR’u neden çözemez?</translation>
    </message>
    <message>
        <source>A lesson: a threshold unit learns AND, and its line finds no rest on XOR.</source>
        <translation>Ders: Eşik birimi AND’i öğrenir; XOR’da çizdiği doğru bir türlü yerine oturmaz.</translation>
    </message>
    <message>
        <source>Build gates by hand</source>
        <translation>Elle kapı kurmak</translation>
    </message>
    <message>
        <source>A lesson: set two weights and a bias until a neuron becomes AND.</source>
        <translation>Ders: İki ağırlığı ve bir sapmayı, nöron AND gibi davranana kadar ayarlayın.</translation>
    </message>
    <message>
        <source>Deep learning with OpenCV</source>
        <translation>OpenCV ile derin öğrenme</translation>
    </message>
    <message>
        <source>A lesson: a network of 4.6 million weights names what a picture shows.</source>
        <translation>Ders: 4,6 milyon ağırlıklı bir ağ, görüntüde ne olduğunu söyler.</translation>
    </message>
    <message>
        <source>What the network answers for every pair of inputs</source>
        <translation>Ağın her girdi çiftine verdiği yanıt</translation>
    </message>
    <message>
        <source>{right} of {rows} rows right, {undecided} undecided</source>
        <translation>{rows} satırın {right:doğru|hiçbiri doğru değil}, {undecided} kararsız</translation>
    </message>
    <message>
        <source>{right} of {rows} rows right</source>
        <translation>{rows} satırın {right:doğru|hiçbiri doğru değil}</translation>
    </message>
</context>
<context>
    <name>FitPlot</name>
    <message>
        <source>target</source>
        <translation>hedef</translation>
    </message>
    <message>
        <source>answer</source>
        <translation>yanıt</translation>
    </message>
</context>
<context>
    <name>FoldPicker</name>
    <message>
        <source>{shown}/{n} ▾</source>
        <translation>{shown}/{n} ▾</translation>
    </message>
    <message>
        <source>{shown} of {n} ▾</source>
        <translation>{shown}/{n} ▾</translation>
    </message>
    <message>
        <source>{shown} of {n} units shown</source>
        <translation>{n} birimin {shown} gösteriliyor</translation>
    </message>
    <message>
        <source>Choose how many units are drawn, and which</source>
        <translation>Kaç birimin ve hangi birimlerin çizileceğini seçin</translation>
    </message>
    <message>
        <source>All (at most 64)</source>
        <translation>Tümü (en çok 64)</translation>
    </message>
    <message>
        <source>As many as fit</source>
        <translation>Sığdığı kadar</translation>
    </message>
    <message>
        <source>Show {n}</source>
        <translation>{n} göster</translation>
    </message>
    <message>
        <source>The most active on the chosen row</source>
        <translation>Seçili satırda en etkin olanlar</translation>
    </message>
    <message>
        <source>The largest weights</source>
        <translation>En büyük ağırlıklar</translation>
    </message>
    <message>
        <source>Picture of all weights</source>
        <translation>Tüm ağırlıkların görüntüsü</translation>
    </message>
    <message>
        <source>{n} units · {shown} shown ▾</source>
        <translation>{n} birim · görünen {shown} ▾</translation>
    </message>
</context>
<context>
    <name>FolderPanel</name>
    <message>
        <source>Folder</source>
        <translation>Klasör</translation>
    </message>
    <message>
        <source>{done} of {total}</source>
        <translation>{done}/{total}</translation>
    </message>
    <message>
        <source>{count} not readable</source>
        <translation>{count} okunamadı</translation>
    </message>
    <message>
        <source>by {model}</source>
        <translation>model: {model}</translation>
    </message>
    <message>
        <source>Run again</source>
        <translation>Yeniden çalıştır</translation>
    </message>
    <message>
        <source>Let the model in use look at every picture; the table is filled anew</source>
        <translation>Kullanılan model bütün görüntülere bakar; tablo yeniden doldurulur</translation>
    </message>
    <message>
        <source>Go on</source>
        <translation>Sürdür</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>Duraklat</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>İptal</translation>
    </message>
    <message>
        <source>Save as CSV</source>
        <translation>CSV olarak kaydet</translation>
    </message>
    <message>
        <source>Stop before the next picture, or go on</source>
        <translation>Sonraki görüntüden önce dur ya da sürdür</translation>
    </message>
    <message>
        <source>Stop; what was found stays</source>
        <translation>Durdur; bulunanlar kalır</translation>
    </message>
    <message>
        <source>Save the table (CSV)</source>
        <translation>Tabloyu kaydet (CSV)</translation>
    </message>
    <message>
        <source>Pictures of the folder and their labels</source>
        <translation>Klasördeki görüntüler ve etiketleri</translation>
    </message>
    <message>
        <source>Progress</source>
        <translation>İlerleme</translation>
    </message>
    <message>
        <source>Save the table</source>
        <translation>Tabloyu kaydet</translation>
    </message>
    <message>
        <source>Tables (*.csv)</source>
        <translation>Tablolar (*.csv)</translation>
    </message>
</context>
<context>
    <name>FolderTable</name>
    <message>
        <source>No.</source>
        <translation>No</translation>
    </message>
    <message>
        <source>picture</source>
        <translation>görüntü</translation>
    </message>
    <message>
        <source>label</source>
        <translation>etiket</translation>
    </message>
    <message>
        <source>share of picture</source>
        <translation>görüntüdeki pay</translation>
    </message>
    <message>
        <source>score</source>
        <translation>puan</translation>
    </message>
    <message>
        <source>probability</source>
        <translation>olasılık</translation>
    </message>
    <message>
        <source>second</source>
        <translation>ikinci</translation>
    </message>
    <message>
        <source>forward, ms</source>
        <translation>ileri geçiş, ms</translation>
    </message>
    <message>
        <source>nothing found</source>
        <translation>bir şey bulunamadı</translation>
    </message>
</context>
<context>
    <name>FunctionCards</name>
    <message>
        <source>It hands z on as it is, so an output can be any number, as a regression needs. Its slope is 1 everywhere: all of the gradient comes back. In a hidden layer it adds nothing: layers of weighted sums alone amount to a single layer.</source>
        <translation>z’yi olduğu gibi geçirir; böylece çıktı, regresyonun gerektirdiği gibi herhangi bir sayı olabilir. Eğimi her yerde 1’dir: Gradyanın tümü geri gelir. Gizli katmanda bir şey katmaz: Yalnızca ağırlıklı toplamlardan oluşan katmanlar tek bir katmana denktir.</translation>
    </message>
    <message>
        <source>ReLU with a rounded corner: nearly 0 far below, nearly z far above, and ln 2 = {middle} at 0. Its slope is the sigmoid, between 0 and 1 and nowhere 0, so no unit dies.</source>
        <translation>Köşesi yuvarlatılmış ReLU’dur: Sıfırın çok altında neredeyse 0, çok üstünde neredeyse z, sıfırda ln 2 = {middle} olur. Eğimi sigmoiddir; 0 ile 1 arasındadır ve hiçbir yerde 0 olmaz, bu yüzden hiçbir birim ölmez.</translation>
    </message>
    <message>
        <source>It shares 1 out among the outputs: all are positive and come to 1, as probabilities do. What counts is how far a z lies above the others, so the curve is drawn over just that, z less ln ∑ eᶻ of the others: it is a sigmoid. One output can only win what the others lose.</source>
        <translation>1’i çıktılar arasında paylaştırır: Hepsi pozitiftir ve toplamları, olasılıklar gibi, 1 eder. Önemli olan bir z’nin diğerlerinden ne kadar yukarıda olduğudur; eğri bu yüzden z ile diğerlerinin ln ∑ eᶻ değerinin farkı üzerine çizilir: Bu bir sigmoiddir. Bir çıktı ancak diğerlerinin yitirdiğini kazanabilir.</translation>
    </message>
    <message>
        <source>Up to an error of 1 it is the squared loss, beyond that a straight line: gentle near the target, and calm about rows far off. Its slope stays between −1 and 1.</source>
        <translation>Hata 1’e kadarken karesel hatadır, ötesinde bir doğrudur: Hedefin yakınında adımlar küçülür, hedeften çok uzak satırlar da eğitimi sarsmaz. Eğimi −1 ile 1 arasında kalır.</translation>
    </message>
    <message>
        <source>It is minus the logarithm of the probability that the true answer was given: sure and right costs next to nothing, sure and wrong costs without bound. {sure} for what is true costs {cost}.</source>
        <translation>Doğru yanıta verilen olasılığın logaritmasının ters işaretlisidir. Emin olup doğru bilmenin bedeli neredeyse sıfırdır; emin olup yanılmanınki sınırsızdır. Doğru yanıta {sure} olasılık vermenin bedeli {cost} olur.</translation>
    </message>
    <message>
        <source>With a step as the output it counts mistakes: 1 for a wrong row, 0 for a right one. With any other it is how far the answer lies on the wrong side of 0; s is 1 for class 1, −1 for class 0. Either way only rows that are not right change the weights.</source>
        <translation>Çıktı basamak ise yanlışları sayar: yanlış satır için 1, doğru satır için 0. Başka bir çıktıda kayıp, yanıtın sıfırın yanlış yanında ne kadar uzakta kaldığıdır; s, 1. sınıf için 1, 0. sınıf için −1’dir. Her iki durumda da ağırlıkları yalnızca doğru olmayan satırlar değiştirir.</translation>
    </message>
    <message>
        <source>The slope of the sigmoid cancels: with p = σ(z), what goes back is p − t, also where the sigmoid is flat.</source>
        <translation>Çapraz entropinin türevinde sigmoidin eğimi sadeleşir: p = σ(z) olduğundan, sigmoidin düz olduğu yerde bile geriye p − t gider.</translation>
    </message>
    <message>
        <source>This output is no sigmoid: a itself is taken for z, with p = σ(a), and p − t goes back to a.</source>
        <translation>Bu çıktı sigmoid değildir: z yerine a’nın kendisi alınır, p = σ(a) olur, a’ya da p − t geri gider.</translation>
    </message>
    <message>
        <source>It answers 1 where z is above 0, and 0 elsewhere: the perceptron’s threshold. Its slope is 0 on both sides of the jump, so no gradient comes back. Only the perceptron rule trains it: it asks for no slope and takes the error a − t itself for ∂L/∂z.</source>
        <translation>z sıfırdan büyükse 1, değilse 0 yanıtını verir: perceptronun eşiği. Eğimi sıçramanın iki yanında da 0’dır, bu yüzden geriye gradyan gelmez. Onu yalnızca perceptron kuralı eğitir: Eğime bakmaz, ∂L/∂z yerine a − t hatasının kendisini alır.</translation>
    </message>
    <message>
        <source>It squeezes every z into 0 to 1: as z rises, e⁻ᶻ goes to 0 and a to 1; as z falls, e⁻ᶻ grows without bound and a goes to 0. Its slope a(1 − a) is {most} at most, where a is a half, and next to nothing at both ends. On the way back the slopes of the layers multiply: four of them come to {most}⁴ = {product} at most, so the first layers learn slowly unless the weights are large.</source>
        <translation>Her z’yi 0 ile 1 arasına sıkıştırır: z büyüdükçe e⁻ᶻ sıfıra, a 1’e gider; z küçüldükçe e⁻ᶻ sınırsız büyür, a sıfıra gider. Eğimi a(1 − a), a = 0,5 iken en çok {most} olur; iki uçta ise neredeyse sıfırdır. Geri dönüş yolunda katmanların eğimleri çarpılır: Dördünün çarpımı en çok {most}⁴ = {product} eder; ağırlıklar büyük değilse ilk katmanlar bu yüzden yavaş öğrenir.</translation>
    </message>
    <message>
        <source>It squeezes every z into −1 to 1, and 0 stays 0, so its answers are centred on 0: a sigmoid of twice the height and half the width, moved down by 1. Its slope is 1 at z = 0, four times a sigmoid’s; both ends are flat, and a unit out there hardly learns.</source>
        <translation>Her z’yi −1 ile 1 arasına sıkıştırır, 0’ı 0’da bırakır; değerleri sıfırın çevresinde toplanır. İki kat yüksek, yarı genişlikte ve 1 birim aşağı ötelenmiş bir sigmoiddir. Eğimi z = 0 noktasında 1’dir; bu, sigmoidinkinin dört katıdır. Eğrinin iki ucu düzdür, oradaki bir birim neredeyse hiç öğrenmez.</translation>
    </message>
    <message>
        <source>It lets what is positive through and stops the rest. Above 0 its slope is 1, which takes nothing off the gradient through any number of layers. Below 0 it is 0 (at 0 there is none; 0 is taken): a unit that lies there on every row gets no gradient. It is dead.</source>
        <translation>Pozitif olanı geçirir, gerisini durdurur. Sıfırın üstünde eğimi 1’dir; kaç katman olursa olsun gradyandan bir şey eksiltmez. Sıfırın altında eğimi 0’dır (sıfırda türevi yoktur, 0 alınır). Her satırda orada kalan bir birim gradyan almaz; ölüdür.</translation>
    </message>
    <message>
        <source>ReLU with a leak: below 0 a hundredth of z still comes through. Its slope is 1 above and {leak} below, nowhere 0: a unit below 0 gets a hundredth of the gradient, but it does not die.</source>
        <translation>Sızdıran ReLU: Sıfırın altında da z’nin yüzde biri geçer. Eğimi üstte 1, altta {leak} olur; hiçbir yerde 0 olmaz: Sıfırın altındaki bir birim gradyanın yüzde birini alır ama ölmez.</translation>
    </message>
    <message>
        <source>Above 0 it hands z on; below it bends towards −1, so the mean of what it hands on lies nearer to 0 than ReLU’s. Below 0 its slope is eᶻ: a unit a little below still learns, one far below hardly.</source>
        <translation>Sıfırın üstünde z’yi olduğu gibi geçirir; altında −1’e doğru bükülür, böylece yanıtlarının ortalaması ReLU’nunkinden sıfıra daha yakındır. Sıfırın altında eğimi eᶻ’dir: Biraz altındaki bir birim hâlâ öğrenir, çok altındaki bir birim neredeyse hiç öğrenmez.</translation>
    </message>
    <message>
        <source>An error twice as large costs four times as much, so a few rows far off count most. Its slope is the error itself: steps get smaller as answers come near. Behind a sigmoid it is multiplied by a(1 − a): a unit that is surely wrong hardly learns.</source>
        <translation>Hata iki katına çıkınca bedeli dört katına çıkar; kaybı en çok, hedeften çok uzak birkaç satır belirler. Eğimi hatanın kendisidir: Yanıt hedefe yaklaştıkça adımlar küçülür. Çıktı sigmoidse eğim a(1 − a) ile de çarpılır: Emin olup yanılan bir birim neredeyse hiç öğrenmez.</translation>
    </message>
    <message>
        <source>An error costs its own size, so a row far off counts no more than its distance. Its slope is 1 or −1 however small the error: steps do not get smaller near the target.</source>
        <translation>Bir hatanın bedeli büyüklüğü kadardır; uzaktaki bir satır da yalnızca uzaklığı kadar sayılır. Hata ne kadar küçük olursa olsun eğimi 1 ya da −1’dir: Hedefe yaklaşınca adımlar küçülmez.</translation>
    </message>
    <message>
        <source>It is minus the logarithm of the probability given to the right class. The other classes cost nothing themselves, but softmax makes them take from the right one. What goes back to every output is p − t. Ten classes all alike cost ln 10 = {ten}.</source>
        <translation>Doğru sınıfa verilen olasılığın logaritmasının ters işaretlisidir. Diğer sınıfların kendi bedeli yoktur ama softmax yüzünden doğru sınıftan pay alırlar. Her çıktıya p − t geri gider. On sınıfın olasılıkları eşitse kayıp ln 10 = {ten} olur.</translation>
    </message>
    <message>
        <source>It wants the answer on the right side of 0, and by 1 at least: s is 1 for class 1, −1 for class 0. Short of that it costs what is missing, beyond it nothing: rows that are safely right no longer pull at the weights.</source>
        <translation>Yanıtın sıfırın doğru yanında, hem de en az 1 kadar olmasını ister: s, 1. sınıf için 1, 0. sınıf için −1’dir. Eksik kalırsa bedeli eksik kalan kadardır, aşarsa bedeli yoktur: Yeterince doğru olan satırlar artık ağırlıkları etkilemez.</translation>
    </message>
</context>
<context>
    <name>GlassnetWindow</name>
    <message>
        <source>Where is {name} to be opened?</source>
        <translation>{name} nerede açılsın?</translation>
    </message>
    <message>
        <source>It holds a folder of pictures for each of several classes. Teach makes a class of each and learns to tell them apart; Vision names what is on the pictures.</source>
        <translation>İçinde her sınıf için ayrı bir görüntü klasörü var. Öğret sekmesi her birinden bir sınıf yapar ve bunları ayırt etmeyi öğrenir; Görüntü sekmesi ise görüntülerde ne olduğunu söyler.</translation>
    </message>
    <message>
        <source>Teach</source>
        <translation>Öğret</translation>
    </message>
    <message>
        <source>Vision</source>
        <translation>Görüntü</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>İptal</translation>
    </message>
    <message>
        <source>The data and the network as they are have no setting “{name}”.</source>
        <translation>Bu veri ve bu ağ için “{name}” ayarı yok.</translation>
    </message>
    <message>
        <source>Lessons</source>
        <translation>Dersler</translation>
    </message>
    <message>
        <source>Message</source>
        <translation>İleti</translation>
    </message>
    <message>
        <source>Top of the window</source>
        <translation>Pencerenin üst çubuğu</translation>
    </message>
    <message>
        <source>This cannot be changed at present.</source>
        <translation>Bu şu anda değiştirilemez.</translation>
    </message>
    <message>
        <source>{name} is a pickle, which can run any program while it is read, so Glassnet reads none. Where the network was trained, three lines of Python write it as an ONNX file, which opens here.</source>
        <translation>{name} bir pickle dosyası; böyle bir dosya okunurken herhangi bir programı çalıştırabilir, bu yüzden Glassnet onu okumaz. Ağın eğitildiği yerde üç satır Python koduyla, burada açılabilen bir ONNX dosyası yazılabilir.</translation>
    </message>
    <message>
        <source>Copy the lines</source>
        <translation>Satırları kopyala</translation>
    </message>
    <message>
        <source>{name} is nothing Glassnet can open. Give it an experiment (.glassnet), a project of classes (.glassteach), a table (.csv, .xlsx), a picture, a video, a folder of pictures, a model (.onnx), a lesson&apos;s folder or a challenge (.json).</source>
        <translation>Glassnet {name} dosyasını açamaz. Bir deney (.glassnet), bir sınıf projesi (.glassteach), bir tablo (.csv, .xlsx), bir görüntü, bir video, bir görüntü klasörü, bir model (.onnx), bir ders klasörü ya da bir alıştırma (.json) açın.</translation>
    </message>
    <message>
        <source>Nothing has been done that can be undone.</source>
        <translation>Geri alınacak bir değişiklik yok.</translation>
    </message>
    <message>
        <source>Nothing has been undone.</source>
        <translation>Yinelenecek bir değişiklik yok.</translation>
    </message>
    <message>
        <source>Undone: {step}</source>
        <translation>Geri alındı: {step}</translation>
    </message>
    <message>
        <source>Redone: {step}</source>
        <translation>Yinelendi: {step}</translation>
    </message>
    <message>
        <source>Data, a network and its training</source>
        <translation>Veri, bir ağ ve onun eğitimi</translation>
    </message>
    <message>
        <source>Your own images, in classes</source>
        <translation>Sınıflara ayrılmış kendi görüntüleriniz</translation>
    </message>
    <message>
        <source>Pictures, and what networks say of them</source>
        <translation>Görüntüler ve ağların onlar için söyledikleri</translation>
    </message>
    <message>
        <source>Something went wrong inside Glassnet: {error}. {where}</source>
        <translation>Glassnet’te beklenmeyen bir hata oluştu: {error}. {where}</translation>
    </message>
    <message>
        <source>Copy the report</source>
        <translation>Raporu kopyala</translation>
    </message>
    <message>
        <source>Your work is still here, and a copy of it goes to {path}, which the next start offers. Save it, and please report this.</source>
        <translation>Çalışmanız hâlâ burada; bir kopyası {path} dosyasına yazılıyor ve bir sonraki açılışta sunulacak. Çalışmanızı kaydedin, lütfen bu hatayı bildirin.</translation>
    </message>
    <message>
        <source>Your work is saved in {path}. Please report this.</source>
        <translation>Çalışmanız {path} dosyasında kayıtlı. Lütfen bu hatayı bildirin.</translation>
    </message>
    <message>
        <source>There was nothing to save. Please report this.</source>
        <translation>Kaydedilecek bir şey yoktu. Lütfen bu hatayı bildirin.</translation>
    </message>
    <message>
        <source>Animations are off.</source>
        <translation>Animasyonlar kapatıldı.</translation>
    </message>
    <message>
        <source>Animations are on: panels slide in again.</source>
        <translation>Animasyonlar açıldı: Paneller yeniden kayarak gelir.</translation>
    </message>
    <message>
        <source>At {share} the window would be larger than this screen.</source>
        <translation>{share} ölçekte pencere bu ekrana sığmaz.</translation>
    </message>
    <message>
        <source>Everything is shown at {share}, as now.</source>
        <translation>Her şey şimdiki gibi {share} ölçekte gösterilecek.</translation>
    </message>
    <message>
        <source>Everything is shown at {share} from the next start on.</source>
        <translation>Bir sonraki açılıştan başlayarak her şey {share} ölçekte gösterilecek.</translation>
    </message>
    <message>
        <source>Start again now</source>
        <translation>Şimdi yeniden başlat</translation>
    </message>
    <message>
        <source>At {share} the window is larger than this screen. The next start is at 100%.</source>
        <translation>{share} ölçekte pencere bu ekrana sığmıyor. Bir sonraki açılışta ölçek %100 olacak.</translation>
    </message>
    <message>
        <source>Settings are not kept: {path} cannot be written.</source>
        <translation>Ayarlar saklanamıyor: {path} dosyasına yazılamıyor.</translation>
    </message>
    <message>
        <source>The settings in {path} are damaged. What can be read of them is used; a copy of the file as it was is beside it.</source>
        <translation>{path} dosyasındaki ayarlar bozuk. Okunabilenler kullanılıyor; dosyanın önceki hâli yanında saklanıyor.</translation>
    </message>
    <message>
        <source>Glassnet ended before your classes in Teach were saved.</source>
        <translation>Glassnet, Öğret’teki sınıflarınız kaydedilmeden kapandı.</translation>
    </message>
    <message>
        <source>Show Teach</source>
        <translation>Öğret’i göster</translation>
    </message>
    <message>
        <source>Training uses {threads} of {processors} processors, and {wanted} from the next start on. More are faster for wide layers, and slower while other programs work.</source>
        <translation>Eğitim {processors} işlemciden {threads} tanesini kullanıyor, bir sonraki açılıştan itibaren {wanted} tanesini kullanır. Daha fazlası geniş katmanlarda daha hızlı, başka programlar çalışırken daha yavaştır.</translation>
    </message>
</context>
<context>
    <name>GlossaryDialog</name>
    <message>
        <source>Glossary</source>
        <translation>Sözlük</translation>
    </message>
    <message>
        <source>Search in English or Turkish</source>
        <translation>Türkçe ya da İngilizce arayın</translation>
    </message>
    <message>
        <source>Search the glossary</source>
        <translation>Sözlükte ara</translation>
    </message>
    <message>
        <source>Words of the glossary</source>
        <translation>Sözlükteki terimler</translation>
    </message>
    <message>
        <source>No word of the glossary has that in it.</source>
        <translation>Sözlükte bunu içeren bir terim yok.</translation>
    </message>
</context>
<context>
    <name>GuideDialog</name>
    <message>
        <source>Guide</source>
        <translation>Kılavuz</translation>
    </message>
    <message>
        <source>Parts of the guide</source>
        <translation>Kılavuzun bölümleri</translation>
    </message>
    <message>
        <source>Text of the guide</source>
        <translation>Kılavuzun metni</translation>
    </message>
</context>
<context>
    <name>HeadPanel</name>
    <message>
        <source>What is trained</source>
        <translation>Eğitilen kısım</translation>
    </message>
    <message>
        <source>Live values from the preview</source>
        <translation>Önizlemedeki canlı değerler</translation>
    </message>
</context>
<context>
    <name>HeadView</name>
    <message>
        <source>a picture of {w} by {h} pixels</source>
        <translation>{w} × {h} piksellik bir görüntü</translation>
    </message>
    <message>
        <source>{name}, frozen</source>
        <translation>{name}, dondurulmuş</translation>
    </message>
    <message>
        <source>{n} features</source>
        <translation>{n} öznitelik</translation>
    </message>
    <message>
        <source>{n} units, {activation}</source>
        <translation>{n} birim, {activation}</translation>
    </message>
    <message>
        <source>{n} classes: {classes}</source>
        <translation>{n} sınıf: {classes}</translation>
    </message>
    <message>
        <source>features</source>
        <translation>öznitelik</translation>
    </message>
    <message>
        <source>frozen</source>
        <translation>dondurulmuş</translation>
    </message>
    <message>
        <source>{n} M weights</source>
        <translation>{n} milyon ağırlık</translation>
    </message>
    <message>
        <source>weights</source>
        <translation>ağırlık</translation>
    </message>
    <message>
        <source>and {n} more</source>
        <translation>ve {n} tane daha</translation>
    </message>
    <message>
        <source>the head you train</source>
        <translation>eğittiğiniz sınıflandırıcı</translation>
    </message>
</context>
<context>
    <name>Header</name>
    <message>
        <source>Learn</source>
        <translation>Öğren</translation>
    </message>
    <message>
        <source>Lesson {n} of {lessons}</source>
        <translation>Ders {n} / {lessons}</translation>
    </message>
    <message>
        <source>Lesson</source>
        <translation>Ders</translation>
    </message>
    <message>
        <source>Show the lessons, or put them away ({key})</source>
        <translation>Dersleri göster ya da gizle ({key})</translation>
    </message>
    <message>
        <source>Help</source>
        <translation>Yardım</translation>
    </message>
    <message>
        <source>Tabs</source>
        <translation>Sekmeler</translation>
    </message>
</context>
<context>
    <name>HiddenSpaceView</name>
    <message>
        <source>This network has no hidden layer, so there is no hidden space. Add a layer in the drawing.</source>
        <translation>Bu ağda gizli katman yok, bu yüzden gizli uzay da yok. Çizime bir katman ekleyin.</translation>
    </message>
    <message>
        <source>The rows are not there yet.</source>
        <translation>Satırlar henüz hazır değil.</translation>
    </message>
    <message>
        <source>Some weights or sums are no finite numbers, so nothing can be drawn.</source>
        <translation>Bazı ağırlıklar ya da toplamlar sonlu sayı değil; bu yüzden hiçbir şey çizilemiyor.</translation>
    </message>
    <message>
        <source>PC₁</source>
        <translation>TB₁</translation>
    </message>
    <message>
        <source>PC₂</source>
        <translation>TB₂</translation>
    </message>
    <message>
        <source>The plane keeps {share} of the spread.</source>
        <translation>Düzlemde korunan yayılım payı {share}.</translation>
    </message>
    <message>
        <source>Shaded by the answer.</source>
        <translation>Renk yanıtı gösterir.</translation>
    </message>
    <message>
        <source>the network</source>
        <translation>ağın yanıtı</translation>
    </message>
    <message>
        <source>Agrees with {name} on the only row.</source>
        <translation>Çizim tek satırda {name} ile uyuşuyor.</translation>
    </message>
    <message>
        <source>{held}; agrees with {name} on the only row.</source>
        <translation>{held}; çizim tek satırda {name} ile uyuşuyor.</translation>
    </message>
    <message>
        <source>Agrees with {name} on all {n} rows drawn.</source>
        <translation>Çizim, gösterilen {n} satırın tümünde {name} ile uyuşuyor.</translation>
    </message>
    <message>
        <source>{held}; agrees with {name} on all {n} rows drawn.</source>
        <translation>{held}; çizim, gösterilen {n} satırın tümünde {name} ile uyuşuyor.</translation>
    </message>
    <message>
        <source>Agrees with {name} on all {n} rows.</source>
        <translation>Çizim {n} satırın tümünde {name} ile uyuşuyor.</translation>
    </message>
    <message>
        <source>{held}; agrees with {name} on all {n} rows.</source>
        <translation>{held}; çizim {n} satırın tümünde {name} ile uyuşuyor.</translation>
    </message>
    <message>
        <source>A slice through {row}</source>
        <translation>{row} için geçerli kesit</translation>
    </message>
    <message>
        <source>A slice through the mean</source>
        <translation>Ortalamadan geçen kesit</translation>
    </message>
    <message>
        <source>A slice: {units} at its mean</source>
        <translation>Kesit: {units}, ortalamasında sabit</translation>
    </message>
    <message>
        <source>A slice: {units} at their means</source>
        <translation>Kesit: {units}, ortalamalarında sabit</translation>
    </message>
    <message>
        <source>A slice, true for {row}; it agrees with {name} on {right} of {n} rows drawn.</source>
        <translation>{row} için geçerli kesit; {name} ile çizim, gösterilen {n} satırın {right:uyuşuyor|hiçbirinde uyuşmuyor}.</translation>
    </message>
    <message>
        <source>A slice, true for {row}; it agrees with {name} on {right} of {n} rows.</source>
        <translation>{row} için geçerli kesit; {name} ile çizim {n} satırın {right:uyuşuyor|hiçbirinde uyuşmuyor}.</translation>
    </message>
    <message>
        <source>A slice through the mean; it agrees with {name} on {right} of {n} rows drawn.</source>
        <translation>Ortalamadan geçen kesit; {name} ile çizim, gösterilen {n} satırın {right:uyuşuyor|hiçbirinde uyuşmuyor}.</translation>
    </message>
    <message>
        <source>A slice through the mean; it agrees with {name} on {right} of {n} rows.</source>
        <translation>Ortalamadan geçen kesit; {name} ile çizim {n} satırın {right:uyuşuyor|hiçbirinde uyuşmuyor}.</translation>
    </message>
    <message>
        <source>{unit} and {other}</source>
        <translation>{unit} ve {other}</translation>
    </message>
    <message>
        <source>the other {n} units</source>
        <translation>öteki {n} birim</translation>
    </message>
    <message>
        <source>A slice: {units} at its value {place}</source>
        <translation>Kesit: {units}, {place} değerinde sabit</translation>
    </message>
    <message>
        <source>A slice: {units} at their values {place}</source>
        <translation>Kesit: {units}, {place} değerlerinde sabit</translation>
    </message>
    <message>
        <source>in row {values}</source>
        <translation>{values} satırındaki</translation>
    </message>
    <message>
        <source>in test row {n}</source>
        <translation>{n}. test satırındaki</translation>
    </message>
    <message>
        <source>in row {n}</source>
        <translation>{n}. satırdaki</translation>
    </message>
    <message>
        <source>test row {n}</source>
        <translation>{n}. test satırı</translation>
    </message>
    <message>
        <source>row {n}</source>
        <translation>{n}. satır</translation>
    </message>
    <message>
        <source>Hidden {n}</source>
        <translation>Gizli {n}</translation>
    </message>
    <message>
        <source>Two strongest units</source>
        <translation>En güçlü iki birim</translation>
    </message>
    <message>
        <source>Principal components</source>
        <translation>Temel bileşenler</translation>
    </message>
    <message>
        <source>Hidden space</source>
        <translation>Gizli uzay</translation>
    </message>
    <message>
        <source>Unit across</source>
        <translation>Yatay eksendeki birim</translation>
    </message>
    <message>
        <source>Choose what is drawn across</source>
        <translation>Yatay eksende neyin çizileceğini seçin</translation>
    </message>
    <message>
        <source>Unit up</source>
        <translation>Dikey eksendeki birim</translation>
    </message>
    <message>
        <source>Choose what is drawn up</source>
        <translation>Dikey eksende neyin çizileceğini seçin</translation>
    </message>
    <message>
        <source>Unit whose line is drawn</source>
        <translation>Doğrusu çizilen birim</translation>
    </message>
    <message>
        <source>Input grid</source>
        <translation>Girdi ızgarası</translation>
    </message>
    <message>
        <source>Draw a square grid of the inputs as this layer bends it</source>
        <translation>Girdilerin kare ızgarasını bu katmanın büktüğü biçimde çiz</translation>
    </message>
</context>
<context>
    <name>HistoryModel</name>
    <message>
        <source>cut out</source>
        <translation>kesilip alındı</translation>
    </message>
    <message>
        <source>nothing found</source>
        <translation>bir şey bulunamadı</translation>
    </message>
</context>
<context>
    <name>HistoryPanel</name>
    <message>
        <source>Freeze or Snapshot puts a frame here.</source>
        <translation>“Dondur” ya da “Anlık görüntü” buraya bir kare ekler.</translation>
    </message>
    <message>
        <source>History</source>
        <translation>Geçmiş</translation>
    </message>
    <message>
        <source>Save as CSV</source>
        <translation>CSV olarak kaydet</translation>
    </message>
    <message>
        <source>Clear</source>
        <translation>Temizle</translation>
    </message>
    <message>
        <source>Save the history as a table (CSV)</source>
        <translation>Geçmişi tablo olarak kaydet (CSV)</translation>
    </message>
    <message>
        <source>Clear the history</source>
        <translation>Geçmişi temizle</translation>
    </message>
    <message>
        <source>History: pictures classified so far</source>
        <translation>Geçmiş: şimdiye dek sınıflandırılan görüntüler</translation>
    </message>
    <message>
        <source>Save the history</source>
        <translation>Geçmişi kaydet</translation>
    </message>
    <message>
        <source>Tables (*.csv)</source>
        <translation>Tablolar (*.csv)</translation>
    </message>
</context>
<context>
    <name>HullDrawing</name>
    <message>
        <source>{first} points of one class, {second} of the other.</source>
        <translation>Bir sınıftan {first}, öbüründen {second} nokta.</translation>
    </message>
    <message>
        <source>Their hulls meet.</source>
        <translation>Dışbükey örtüleri kesişiyor.</translation>
    </message>
    <message>
        <source>A border parts them.</source>
        <translation>Bir sınır onları ayırıyor.</translation>
    </message>
</context>
<context>
    <name>ImportReport</name>
    <message>
        <source>Import</source>
        <translation>İçe aktarma</translation>
    </message>
    <message>
        <source>{classes} classes with {images} were imported.</source>
        <translation>{classes} sınıf içe aktarıldı: {images}.</translation>
    </message>
    <message>
        <source>1 class with {images} was imported.</source>
        <translation>1 sınıf içe aktarıldı: {images}.</translation>
    </message>
    <message>
        <source>Images of each class</source>
        <translation>Her sınıfın görüntüleri</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Kapat</translation>
    </message>
    <message>
        <source>Undo the import</source>
        <translation>İçe aktarmayı geri al</translation>
    </message>
    <message>
        <source>{n} more images were in their class already; each counts once.</source>
        <translation>{n} görüntü kendi sınıfında zaten vardı; her biri bir kez sayılır.</translation>
    </message>
    <message>
        <source>1 more image was in its class already; it counts once.</source>
        <translation>1 görüntü kendi sınıfında zaten vardı; bir kez sayılır.</translation>
    </message>
    <message>
        <source>Without any image: {names}.</source>
        <translation>Hiç görüntüsü olmayan: {names}.</translation>
    </message>
    <message>
        <source>{n} images lay twice in a class; each counts once.</source>
        <translation>{n} görüntü aynı sınıfta iki kez bulunuyordu; her biri bir kez sayıldı.</translation>
    </message>
    <message>
        <source>1 image lay twice in a class; it counts once.</source>
        <translation>1 görüntü aynı sınıfta iki kez bulunuyordu; bir kez sayıldı.</translation>
    </message>
    <message>
        <source>{n} images lie in more than one class, so that they tell the classes apart no more. Remove them from all but one.</source>
        <translation>{n} görüntü birden çok sınıfta var; bu yüzden sınıfları ayırt etmeye yaramıyor. Yalnızca bir sınıfta bırakın, ötekilerden kaldırın.</translation>
    </message>
    <message>
        <source>1 image lies in more than one class, so that it tells the classes apart no more. Remove it from all but one.</source>
        <translation>1 görüntü birden çok sınıfta var; bu yüzden sınıfları ayırt etmeye yaramıyor. Yalnızca bir sınıfta bırakın, ötekilerden kaldırın.</translation>
    </message>
    <message>
        <source>The largest class has {times} times as many images as the smallest. More of the small one will help most.</source>
        <translation>En büyük sınıftaki görüntü sayısı, en küçük sınıftakinin {times} katı. En çok yararı, küçük sınıfa eklenecek görüntüler sağlar.</translation>
    </message>
    <message>
        <source>Not looked into, as they lie inside a class&apos;s folder: {names}.</source>
        <translation>Bir sınıfın klasörü içinde olduğu için bakılmayan klasörler: {names}.</translation>
    </message>
    <message>
        <source>{n} images lie beside the folders and belong to no class.</source>
        <translation>{n} görüntü klasörlerin dışında duruyor ve hiçbir sınıfa ait değil.</translation>
    </message>
    <message>
        <source>1 image lies beside the folders and belongs to no class.</source>
        <translation>1 görüntü klasörlerin dışında duruyor ve hiçbir sınıfa ait değil.</translation>
    </message>
    <message>
        <source>Are “{first}” and “{second}” one class? Their names are nearly alike.</source>
        <translation>“{first}” ile “{second}” aynı sınıf mı? Adları neredeyse aynı.</translation>
    </message>
    <message>
        <source>Join them as “{name}”</source>
        <translation>“{name}” adıyla birleştir</translation>
    </message>
    <message>
        <source>{n} files are left out, as they cannot be read:</source>
        <translation>Okunamadığı için {n} dosya dışarıda bırakıldı:</translation>
    </message>
    <message>
        <source>1 file is left out, as it cannot be read:</source>
        <translation>Okunamadığı için 1 dosya dışarıda bırakıldı:</translation>
    </message>
    <message>
        <source>Files that are left out</source>
        <translation>Dışarıda bırakılan dosyalar</translation>
    </message>
</context>
<context>
    <name>InfoCard</name>
    <message>
        <source>Close this explanation</source>
        <translation>Bu açıklamayı kapat</translation>
    </message>
</context>
<context>
    <name>InputsCard</name>
    <message>
        <source>What it reads</source>
        <translation>Okudukları</translation>
    </message>
    <message>
        <source>Inputs</source>
        <translation>Girdiler</translation>
    </message>
    <message>
        <source>1 input</source>
        <translation>1 girdi</translation>
    </message>
    <message>
        <source>{n} inputs</source>
        <translation>{n} girdi</translation>
    </message>
    <message>
        <source>of scaled columns</source>
        <translation>ölçeklenmiş sütunlardan</translation>
    </message>
    <message>
        <source>scaled {value}</source>
        <translation>ölçeklenmiş {value}</translation>
    </message>
</context>
<context>
    <name>Inside</name>
    <message>
        <source>conv {n}</source>
        <translation>{n}. evrişim</translation>
    </message>
    <message>
        <source>dense {n}</source>
        <translation>{n}. tam bağlı</translation>
    </message>
    <message>
        <source>max pool {n}</source>
        <translation>{n}. maks. havuz</translation>
    </message>
    <message>
        <source>mean {n}</source>
        <translation>{n}. ortalama</translation>
    </message>
    <message>
        <source>sum {n}</source>
        <translation>{n}. toplam</translation>
    </message>
    <message>
        <source>product {n}</source>
        <translation>{n}. çarpım</translation>
    </message>
    <message>
        <source>scale {n}</source>
        <translation>{n}. ölçek</translation>
    </message>
    <message>
        <source>activation {n}</source>
        <translation>{n}. aktivasyon</translation>
    </message>
    <message>
        <source>join {n}</source>
        <translation>{n}. birleşim</translation>
    </message>
    <message>
        <source>reorder {n}</source>
        <translation>{n}. düzenleme</translation>
    </message>
    <message>
        <source>softmax {n}</source>
        <translation>{n}. softmax</translation>
    </message>
    <message>
        <source>local norm {n}</source>
        <translation>{n}. yerel norm</translation>
    </message>
    <message>
        <source>{layer}, map {n}</source>
        <translation>{layer}, {n}. harita</translation>
    </message>
    <message>
        <source>{count} numbers</source>
        <translation>{count} sayı</translation>
    </message>
    <message>
        <source>1 number</source>
        <translation>1 sayı</translation>
    </message>
    <message>
        <source>1 map of {height} × {width}</source>
        <translation>{height} × {width} boyutunda 1 harita</translation>
    </message>
    <message>
        <source>{count} maps of {height} × {width}</source>
        <translation>{height} × {width} boyutunda {count} harita</translation>
    </message>
    <message>
        <source>{size}, stride {stride}</source>
        <translation>{size}, adım {stride}</translation>
    </message>
    <message>
        <source>{count} groups</source>
        <translation>{count} grup</translation>
    </message>
    <message>
        <source>map {n}</source>
        <translation>{n}. harita</translation>
    </message>
</context>
<context>
    <name>InsidePage</name>
    <message>
        <source>Open a picture, or wait a moment: the network is computed with all its maps.</source>
        <translation>Bir görüntü açın ya da biraz bekleyin: Ağ bütün haritalarıyla hesaplanıyor.</translation>
    </message>
    <message>
        <source>The way through 1 convolution</source>
        <translation>1 evrişim boyunca izlenen yol</translation>
    </message>
    <message>
        <source>The way through {count} convolutions</source>
        <translation>{count} evrişim boyunca izlenen yol</translation>
    </message>
    <message>
        <source>The way through {count} layers</source>
        <translation>{count} katman boyunca izlenen yol</translation>
    </message>
    <message>
        <source>{count} million weights</source>
        <translation>{count} milyon ağırlık</translation>
    </message>
    <message>
        <source>{count} weights</source>
        <translation>{count} ağırlık</translation>
    </message>
    <message>
        <source>maps by {by} in {time} ms</source>
        <translation>haritalar: {by}, {time} ms</translation>
    </message>
    <message>
        <source>live, with fewer frames</source>
        <translation>canlı, daha az kareyle</translation>
    </message>
    <message>
        <source>the picture</source>
        <translation>görüntü</translation>
    </message>
    <message>
        <source>the picture · {count} channels of {height} × {width}</source>
        <translation>görüntü · {height} × {width} boyutunda {count} kanal</translation>
    </message>
    <message>
        <source>The maps of this layer are not known.</source>
        <translation>Bu katmanın haritaları bilinmiyor.</translation>
    </message>
    <message>
        <source>Row {row}, column {column} of what the network is given</source>
        <translation>Ağa verilen görüntünün {row}. satırı, {column}. sütunu</translation>
    </message>
    <message>
        <source>Cell ({row}, {column}) depends on {height} × {width} pixels at ({top}, {left}) of what the network is given</source>
        <translation>({row}; {column}) hücresi, ağa verilen görüntünün ({top}; {left}) noktasından başlayan {height} × {width} piksellik bölgesine bağlı</translation>
    </message>
    <message>
        <source>Why {label}: the last layer gives no sum for each class</source>
        <translation>Neden {label}? Son katman her sınıf için bir toplam vermiyor</translation>
    </message>
    <message>
        <source>Why {label}: {score} = the sum of {count} terms and a bias</source>
        <translation>Neden {label}? {score} = {count} terim ile bir sapmanın toplamı</translation>
    </message>
    <message>
        <source>Why {label}: {score} = the sum of {count} terms</source>
        <translation>Neden {label}? {score} = {count} terimin toplamı</translation>
    </message>
    <message>
        <source>feature {n}</source>
        <translation>{n}. öznitelik</translation>
    </message>
    <message>
        <source>the other {count}</source>
        <translation>diğer {count}</translation>
    </message>
    <message>
        <source>bias</source>
        <translation>sapma</translation>
    </message>
    <message>
        <source>blue: above 0 · orange: below 0 · each map scaled by its own peak</source>
        <translation>mavi: 0’ın üstü · turuncu: 0’ın altı · her harita kendi en büyük değerine göre ölçekli</translation>
    </message>
    <message>
        <source>click a term: the map that it comes from</source>
        <translation>bir terimin haritasını görmek için ona tıklayın</translation>
    </message>
    <message>
        <source>The way through the network</source>
        <translation>Ağ boyunca izlenen yol</translation>
    </message>
    <message>
        <source>Click a layer, or go through all of them with ← and →</source>
        <translation>Bir katmana tıklayın ya da ← ve → ile katmandan katmana geçin</translation>
    </message>
    <message>
        <source>Inside the network</source>
        <translation>Ağın içi</translation>
    </message>
    <message>
        <source>Layer</source>
        <translation>Katman</translation>
    </message>
    <message>
        <source>Every layer of the network</source>
        <translation>Ağın bütün katmanları</translation>
    </message>
    <message>
        <source>All maps of the layer</source>
        <translation>Katmanın bütün haritaları</translation>
    </message>
    <message>
        <source>Choose a map</source>
        <translation>Bir harita seçin</translation>
    </message>
    <message>
        <source>The chosen map</source>
        <translation>Seçili harita</translation>
    </message>
    <message>
        <source>Choose a cell</source>
        <translation>Bir hücre seçin</translation>
    </message>
    <message>
        <source>Largest terms of the score</source>
        <translation>Puanın en büyük terimleri</translation>
    </message>
    <message>
        <source>Go to the map that a term comes from</source>
        <translation>Bir terimin geldiği haritaya git</translation>
    </message>
</context>
<context>
    <name>KeySheet</name>
    <message>
        <source>Choose data at the left, press Train, and watch. Click any line of the drawing to change its weight. Drop a picture anywhere to see what a network makes of it.</source>
        <translation>Soldan veri seçin, Eğit’e basın, izleyin. Bir ağırlığı değiştirmek için çizimdeki çizgisine tıklayın. Bir ağın ne gördüğünü anlamak için herhangi bir yere görüntü bırakın.</translation>
    </message>
    <message>
        <source>Shortcuts</source>
        <translation>Kısayollar</translation>
    </message>
    <message>
        <source>Fit the drawing</source>
        <translation>Çizimi sığdır</translation>
    </message>
    <message>
        <source>While the keyboard is in the drawing: zoom it alone</source>
        <translation>Odak çizimdeyken: yalnızca çizimi yakınlaştır, uzaklaştır</translation>
    </message>
    <message>
        <source>In the drawing: the next unit; arrows: its neighbours</source>
        <translation>Çizimde sonraki birim; ok tuşlarıyla komşu birimler</translation>
    </message>
    <message>
        <source>Choose a weight, change it</source>
        <translation>Ağırlık seç, değiştir</translation>
    </message>
    <message>
        <source>Select units, all weights</source>
        <translation>Birimleri, tüm ağırlıkları seç</translation>
    </message>
    <message>
        <source>Pin what is selected; set to 0 or remove it</source>
        <translation>Seçileni sabitle; 0 yap ya da kaldır</translation>
    </message>
    <message>
        <source>Space on the button</source>
        <translation>Düğme üzerinde Boşluk</translation>
    </message>
    <message>
        <source>Hold it down to record images</source>
        <translation>Basılı tut: görüntü kaydet</translation>
    </message>
    <message>
        <source>Remove or move the image that is framed</source>
        <translation>Seçili görüntüyü kaldır ya da taşı</translation>
    </message>
    <message>
        <source>Alt+arrow, Enter</source>
        <translation>Alt+ok, Enter</translation>
    </message>
    <message>
        <source>Shift+arrow, Ctrl+A</source>
        <translation>Shift+ok, Ctrl+A</translation>
    </message>
</context>
<context>
    <name>LandscapeView</name>
    <message>
        <source>See the loss around the path that training took, as a map of heights.</source>
        <translation>Eğitimin izlediği yolun çevresindeki kaybı yükseklik haritası olarak görün.</translation>
    </message>
    <message>
        <source>Draw the landscape</source>
        <translation>Yüzeyi çiz</translation>
    </message>
    <message>
        <source>Draw again</source>
        <translation>Yeniden çiz</translation>
    </message>
    <message>
        <source>Draw the landscape again</source>
        <translation>Yüzeyi yeniden çiz</translation>
    </message>
    <message>
        <source>Drawn for epoch {n}; the weights have changed since.</source>
        <translation>{n}. epok için çizildi; ağırlıklar o zamandan beri değişti.</translation>
    </message>
    <message>
        <source>Darker is lower loss. The line is this run.</source>
        <translation>Koyu: düşük kayıp. Çizgi: bu çalıştırma.</translation>
    </message>
    <message>
        <source>Brighter is lower loss. The line is this run.</source>
        <translation>Parlak: düşük kayıp. Çizgi: bu çalıştırma.</translation>
    </message>
    <message>
        <source>Loss landscape with the path of training</source>
        <translation>Kayıp yüzeyi ve eğitimin yolu</translation>
    </message>
    <message>
        <source>start</source>
        <translation>başlangıç</translation>
    </message>
    <message>
        <source>epoch {n}</source>
        <translation>{n}. epok</translation>
    </message>
    <message>
        <source>2-D slice by PCA: keeps {n} of the movement</source>
        <translation>PCA ile 2 boyutlu kesit; hareketin gösterilen kısmı: {n}</translation>
    </message>
</context>
<context>
    <name>LatencyPanel</name>
    <message>
        <source>frame age {age}</source>
        <translation>karenin yaşı {age}</translation>
    </message>
    <message>
        <source>{dropped} of {frames}</source>
        <translation>{dropped}/{frames}</translation>
    </message>
    <message>
        <source>dropped {count}</source>
        <translation>atlanan {count}</translation>
    </message>
    <message>
        <source>live</source>
        <translation>canlı</translation>
    </message>
    <message>
        <source>Show more</source>
        <translation>Daha fazla göster</translation>
    </message>
    <message>
        <source>Show less</source>
        <translation>Daha az göster</translation>
    </message>
    <message>
        <source>still image</source>
        <translation>durağan görüntü</translation>
    </message>
    <message>
        <source>Computed by: {engine}.</source>
        <translation>Hesaplayan: {engine}.</translation>
    </message>
    <message>
        <source>Why not the first choice: {reason}.</source>
        <translation>İlk seçenek neden kullanılmadı: {reason}.</translation>
    </message>
    <message>
        <source>Automatic</source>
        <translation>Otomatik</translation>
    </message>
    <message>
        <source>New engine, CPU</source>
        <translation>Yeni motor, CPU</translation>
    </message>
    <message>
        <source>Classic engine, CPU</source>
        <translation>Klasik motor, CPU</translation>
    </message>
    <message>
        <source>Classic engine, OpenCL</source>
        <translation>Klasik motor, OpenCL</translation>
    </message>
    <message>
        <source>capture</source>
        <translation>yakalama</translation>
    </message>
    <message>
        <source>read file</source>
        <translation>okuma</translation>
    </message>
    <message>
        <source>preprocess</source>
        <translation>ön işleme</translation>
    </message>
    <message>
        <source>forward</source>
        <translation>ileri geçiş</translation>
    </message>
    <message>
        <source>read out</source>
        <translation>çıktı</translation>
    </message>
    <message>
        <source>draw</source>
        <translation>çizim</translation>
    </message>
    <message>
        <source>Latency X-ray</source>
        <translation>Gecikme röntgeni</translation>
    </message>
    <message>
        <source>Times by part</source>
        <translation>Bölümlere göre süreler</translation>
    </message>
    <message>
        <source>Reading, preprocessing, the forward pass, reading out, drawing; to scale</source>
        <translation>Okuma, ön işleme, ileri geçiş, çıktıyı okuma, çizim; ölçekli</translation>
    </message>
    <message>
        <source>Compute with</source>
        <translation>Hesaplama aracı</translation>
    </message>
    <message>
        <source>Engine and device of OpenCV</source>
        <translation>OpenCV motoru ve aygıtı</translation>
    </message>
</context>
<context>
    <name>LayerHeader</name>
    <message>
        <source>Output</source>
        <translation>Çıktı</translation>
    </message>
    <message>
        <source>Hidden</source>
        <translation>Gizli</translation>
    </message>
    <message>
        <source>Hidden {n}</source>
        <translation>Gizli {n}</translation>
    </message>
    <message>
        <source>Out</source>
        <translation>Çıktı</translation>
    </message>
    <message>
        <source>H{n}</source>
        <translation>G{n}</translation>
    </message>
    <message>
        <source>{layer}: options</source>
        <translation>{layer}: seçenekler</translation>
    </message>
    <message>
        <source>Bias, drop-out, or remove the layer</source>
        <translation>Sapma (bias), seyreltme ya da katmanı kaldırma</translation>
    </message>
    <message>
        <source>{layer}: one unit fewer</source>
        <translation>{layer}: bir birim çıkar</translation>
    </message>
    <message>
        <source>{layer}: one unit more</source>
        <translation>{layer}: bir birim ekle</translation>
    </message>
    <message>
        <source>{layer}: units</source>
        <translation>{layer}: birimler</translation>
    </message>
    <message>
        <source>Units in this layer: type 1 to {n}</source>
        <translation>Bu katmandaki birim sayısı: 1 ile {n} arasında bir sayı yazın</translation>
    </message>
    <message>
        <source>{layer}: activation</source>
        <translation>{layer}: aktivasyon</translation>
    </message>
    <message>
        <source>Bias</source>
        <translation>Sapma (bias)</translation>
    </message>
    <message>
        <source>Activation</source>
        <translation>Aktivasyon</translation>
    </message>
    <message>
        <source>About its activation</source>
        <translation>Aktivasyon hakkında</translation>
    </message>
    <message>
        <source>{layer}: what its activation is</source>
        <translation>{layer}: aktivasyonu nedir</translation>
    </message>
    <message>
        <source>Drop-out</source>
        <translation>Seyreltme (dropout)</translation>
    </message>
    <message>
        <source>None</source>
        <translation>Yok</translation>
    </message>
    <message>
        <source>One unit more</source>
        <translation>Bir birim ekle</translation>
    </message>
    <message>
        <source>One unit fewer</source>
        <translation>Bir birim çıkar</translation>
    </message>
    <message>
        <source>Insert a layer before it</source>
        <translation>Önüne katman ekle</translation>
    </message>
    <message>
        <source>Remove layer</source>
        <translation>Katmanı kaldır</translation>
    </message>
</context>
<context>
    <name>LayerHeaders</name>
    <message>
        <source>Inputs</source>
        <translation>Girdiler</translation>
    </message>
    <message>
        <source>Choose the inputs</source>
        <translation>Girdileri seç</translation>
    </message>
    <message>
        <source>Products, squares and sines as inputs too: x₁·x₂, x₁², sin x₁</source>
        <translation>Çarpımlar, kareler ve sinüsler de girdi olsun: x₁·x₂, x₁², sin x₁</translation>
    </message>
    <message>
        <source>Insert a layer before layer {n}</source>
        <translation>{n}. katmandan önce katman ekle</translation>
    </message>
    <message>
        <source>Insert a hidden layer here</source>
        <translation>Buraya gizli katman ekle</translation>
    </message>
</context>
<context>
    <name>LayerStrip</name>
    <message>
        <source>the picture</source>
        <translation>görüntü</translation>
    </message>
</context>
<context>
    <name>LearnModel</name>
    <message>
        <source>That control is not in sight now. Do the tasks before this one first.</source>
        <translation>Bu denetim şu anda görünmüyor. Önce bundan önceki görevleri yapın.</translation>
    </message>
    <message>
        <source>Stop rules of the lesson</source>
        <translation>Dersin durma kuralları</translation>
    </message>
</context>
<context>
    <name>Legend</name>
    <message>
        <source>positive</source>
        <translation>pozitif</translation>
    </message>
    <message>
        <source>negative</source>
        <translation>negatif</translation>
    </message>
    <message>
        <source>zero</source>
        <translation>sıfır</translation>
    </message>
    <message>
        <source>width = |w|</source>
        <translation>kalınlık = |w|</translation>
    </message>
    <message>
        <source>bias</source>
        <translation>sapma (bias)</translation>
    </message>
</context>
<context>
    <name>LessonButton</name>
    <message>
        <source>Lesson {n}: {title}, {done} of {tasks} tasks done</source>
        <translation>Ders {n}: {title}, {tasks} görevin {done:yapıldı|hiçbiri yapılmadı}</translation>
    </message>
</context>
<context>
    <name>LessonPage</name>
    <message>
        <source>Print worksheet</source>
        <translation>Çalışma kâğıdını yazdır</translation>
    </message>
    <message>
        <source>What you see.</source>
        <translation>Gördükleriniz.</translation>
    </message>
    <message>
        <source>Finish</source>
        <translation>Bitir</translation>
    </message>
    <message>
        <source>Next</source>
        <translation>İleri</translation>
    </message>
    <message>
        <source>Locked: {parts}</source>
        <translation>Kilitli: {parts}</translation>
    </message>
    <message>
        <source>Lesson {n} of {lessons}</source>
        <translation>Ders {n} / {lessons}</translation>
    </message>
    <message>
        <source>Restart lesson</source>
        <translation>Derse baştan başla</translation>
    </message>
    <message>
        <source>Print worksheet…</source>
        <translation>Çalışma kâğıdını yazdır…</translation>
    </message>
    <message>
        <source>Your name…</source>
        <translation>Adınız…</translation>
    </message>
    <message>
        <source>Lesson</source>
        <translation>Ders</translation>
    </message>
    <message>
        <source>Put the lesson away</source>
        <translation>Dersi gizle</translation>
    </message>
    <message>
        <source>Close the explanation</source>
        <translation>Açıklamayı kapat</translation>
    </message>
    <message>
        <source>Back</source>
        <translation>Geri</translation>
    </message>
    <message>
        <source>To the step before</source>
        <translation>Önceki adıma</translation>
    </message>
    <message>
        <source>Skip</source>
        <translation>Atla</translation>
    </message>
    <message>
        <source>Go on without doing all tasks</source>
        <translation>Bütün görevleri yapmadan ilerle</translation>
    </message>
    <message>
        <source>Go on with a challenge</source>
        <translation>Bir alıştırmayla sürdür</translation>
    </message>
    <message>
        <source>Next step, once all tasks are done</source>
        <translation>Bütün görevler yapılınca sonraki adım</translation>
    </message>
    <message>
        <source>Well done! You have done every task of this lesson.</source>
        <translation>Tebrikler! Bu dersin bütün görevlerini yaptınız.</translation>
    </message>
    <message>
        <source>This is the end of the lesson. You have done {done} of {tasks} tasks.</source>
        <translation>Dersin sonuna geldiniz: {tasks} görevin {done:yapıldı|hiçbiri yapılmadı}.</translation>
    </message>
    <message>
        <source>Next lesson: {title}</source>
        <translation>Sonraki ders: {title}</translation>
    </message>
    <message>
        <source>Back to all lessons; what was locked can be changed again</source>
        <translation>Bütün derslere dön; kilitli olanlar yeniden değiştirilebilir</translation>
    </message>
    <message>
        <source>Leave lesson</source>
        <translation>Dersten çık</translation>
    </message>
    <message>
        <source>Restart, print, your name</source>
        <translation>Baştan başlat, yazdır, adınız</translation>
    </message>
</context>
<context>
    <name>LessonStrip</name>
    <message>
        <source>All tasks of this step are done.</source>
        <translation>Bu adımın bütün görevleri yapıldı.</translation>
    </message>
    <message>
        <source>Step {n} of {steps}</source>
        <translation>Adım {n} / {steps}</translation>
    </message>
    <message>
        <source>What the step explains</source>
        <translation>Adımın açıklaması</translation>
    </message>
    <message>
        <source>Show me</source>
        <translation>Göster</translation>
    </message>
    <message>
        <source>Ring the control to use</source>
        <translation>Kullanılacak denetimi çerçevele</translation>
    </message>
    <message>
        <source>Hint</source>
        <translation>İpucu</translation>
    </message>
    <message>
        <source>Say how it is done</source>
        <translation>Nasıl yapılacağını söyle</translation>
    </message>
    <message>
        <source>Put the lesson away</source>
        <translation>Dersi gizle</translation>
    </message>
    <message>
        <source>Back to all lessons; what was locked can be changed again</source>
        <translation>Bütün derslere dön; kilitli olanlar yeniden değiştirilebilir</translation>
    </message>
    <message>
        <source>Leave lesson</source>
        <translation>Dersten çık</translation>
    </message>
</context>
<context>
    <name>LibraryDialog</name>
    <message>
        <source>Model library</source>
        <translation>Model kitaplığı</translation>
    </message>
    <message>
        <source>A click downloads a model over https, checks it, and keeps it for use offline. Nothing else leaves or reaches this computer.</source>
        <translation>Tıklayınca model https ile indirilir, denetlenir ve çevrimdışı kullanım için saklanır. Bunun dışında bilgisayarınızdan veri çıkmaz, bilgisayarınıza veri gelmez.</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Kapat</translation>
    </message>
    <message>
        <source>Close the library</source>
        <translation>Kitaplığı kapat</translation>
    </message>
</context>
<context>
    <name>LinePicture</name>
    <message>
        <source>rows, at best,
with one straight line</source>
        <translation>satır: tek doğruyla
ulaşılan en iyi sonuç</translation>
    </message>
</context>
<context>
    <name>ListPage</name>
    <message>
        <source>Open a lesson or a challenge</source>
        <translation>Ders ya da alıştırma aç</translation>
    </message>
    <message>
        <source>Lessons and challenges (*.json)</source>
        <translation>Dersler ve alıştırmalar (*.json)</translation>
    </message>
    <message>
        <source>Lessons</source>
        <translation>Dersler</translation>
    </message>
    <message>
        <source>Each goes step by step, on a network of your own. What you do is ticked off.</source>
        <translation>Her ders, kendi ağınız üzerinde adım adım ilerler. Yaptıklarınız işaretlenir.</translation>
    </message>
    <message>
        <source>Put the lessons away</source>
        <translation>Dersleri gizle</translation>
    </message>
    <message>
        <source>Your name</source>
        <translation>Adınız</translation>
    </message>
    <message>
        <source>Saved in the experiment, with the tasks that you have done</source>
        <translation>Yaptığınız görevlerle birlikte deneye kaydedilir</translation>
    </message>
    <message>
        <source>not given</source>
        <translation>belirtilmedi</translation>
    </message>
    <message>
        <source>Open a lesson or challenge…</source>
        <translation>Ders ya da alıştırma aç…</translation>
    </message>
    <message>
        <source>A lesson.json or a challenge file; both can be dropped on the window too</source>
        <translation>Bir lesson.json ya da alıştırma dosyası; ikisi de pencereye bırakılabilir</translation>
    </message>
</context>
<context>
    <name>Locks</name>
    <message>
        <source>activations</source>
        <translation>aktivasyonlar</translation>
    </message>
    <message>
        <source>batch</source>
        <translation>yığın</translation>
    </message>
    <message>
        <source>biases on or off</source>
        <translation>sapma (açık ya da kapalı)</translation>
    </message>
    <message>
        <source>data</source>
        <translation>veri</translation>
    </message>
    <message>
        <source>drop-out</source>
        <translation>seyreltme</translation>
    </message>
    <message>
        <source>initialiser</source>
        <translation>başlatıcı</translation>
    </message>
    <message>
        <source>inputs</source>
        <translation>girdiler</translation>
    </message>
    <message>
        <source>layers</source>
        <translation>katmanlar</translation>
    </message>
    <message>
        <source>learning rate</source>
        <translation>öğrenme oranı</translation>
    </message>
    <message>
        <source>loss</source>
        <translation>kayıp</translation>
    </message>
    <message>
        <source>optimiser</source>
        <translation>eniyileyici</translation>
    </message>
    <message>
        <source>regularisation</source>
        <translation>düzenlileştirme</translation>
    </message>
    <message>
        <source>schedule</source>
        <translation>oran planı</translation>
    </message>
    <message>
        <source>seed</source>
        <translation>tohum</translation>
    </message>
    <message>
        <source>split</source>
        <translation>bölme</translation>
    </message>
    <message>
        <source>stop rules</source>
        <translation>durma kuralları</translation>
    </message>
    <message>
        <source>units</source>
        <translation>birimler</translation>
    </message>
    <message>
        <source>weights</source>
        <translation>ağırlıklar</translation>
    </message>
</context>
<context>
    <name>LossCard</name>
    <message>
        <source>Choose a row to see what its answers cost.</source>
        <translation>Yanıtlarının bedelini görmek için bir satır seçin.</translation>
    </message>
    <message>
        <source>Row {row}: it cannot measure a target of {t}.</source>
        <translation>{row}. satır: Bu kayıp {t} hedefini ölçemez.</translation>
    </message>
    <message>
        <source>Row {row} has no target (don&apos;t care), so no loss.</source>
        <translation>{row}. satırın hedefi yok (fark etmez), kaybı da yok.</translation>
    </message>
    <message>
        <source>Row {row}: {n} of {outputs} outputs have a target, loss {loss}</source>
        <translation>{row}. satır: {outputs} çıktının {n} hedefli; kayıp {loss}</translation>
    </message>
    <message>
        <source>Row {row}: answer {a}, target {t}, loss {loss}</source>
        <translation>{row}. satır: yanıt {a}; hedef {t}; kayıp {loss}</translation>
    </message>
    <message>
        <source>Row {row}: the losses of {n} outputs come to {loss}</source>
        <translation>{row}. satır: {n} çıktının toplam kaybı {loss}</translation>
    </message>
    <message>
        <source>With {name} as the output training may stand still while rows are wrong.</source>
        <translation>Çıktı aktivasyonu {name} iken satırlar yanlış olsa da eğitim yerinde sayabilir.</translation>
    </message>
    <message>
        <source>{line} loss L over the error, answer a less target t</source>
        <translation>{line} kayıp L   yatay eksen: hata, yanıt a eksi hedef t</translation>
    </message>
    <message>
        <source>{line} target 1   {dashes} target 0   over the answer a</source>
        <translation>{line} hedef 1   {dashes} hedef 0   yatay eksen: yanıt a</translation>
    </message>
    <message>
        <source>{line} target 1   {dashes} target 0   over the probability p</source>
        <translation>{line} hedef 1   {dashes} hedef 0   yatay eksen: p olasılığı</translation>
    </message>
</context>
<context>
    <name>LossHeader</name>
    <message>
        <source>Table of runs…</source>
        <translation>Çalıştırma tablosu…</translation>
    </message>
    <message>
        <source>no earlier runs</source>
        <translation>önceki: 0</translation>
    </message>
    <message>
        <source>1 earlier run</source>
        <translation>önceki: 1</translation>
    </message>
    <message>
        <source>{n} earlier runs</source>
        <translation>önceki: {n}</translation>
    </message>
    <message>
        <source>Earlier runs: show, hide, compare</source>
        <translation>Önceki çalıştırmalar: göster, gizle, karşılaştır</translation>
    </message>
    <message>
        <source>Loss</source>
        <translation>Kayıp</translation>
    </message>
    <message>
        <source>train</source>
        <translation>eğitim</translation>
    </message>
    <message>
        <source>test</source>
        <translation>test</translation>
    </message>
    <message>
        <source>Log</source>
        <translation>Log</translation>
    </message>
    <message>
        <source>Logarithmic loss axis</source>
        <translation>Logaritmik kayıp ekseni</translation>
    </message>
    <message>
        <source>More about the loss plot</source>
        <translation>Kayıp grafiğinin diğer seçenekleri</translation>
    </message>
    <message>
        <source>Smooth, export</source>
        <translation>Yumuşat, dışa aktar</translation>
    </message>
    <message>
        <source>Branch</source>
        <translation>Dallan</translation>
    </message>
    <message>
        <source>Branch from here</source>
        <translation>Buradan dallan</translation>
    </message>
    <message>
        <source>Train on from the epoch shown as a new run; this one is kept</source>
        <translation>Eğitimi gösterilen epoktan yeni bir çalıştırma olarak sürdür; bu çalıştırma saklanır</translation>
    </message>
    <message>
        <source>Smoothing</source>
        <translation>Yumuşatma</translation>
    </message>
    <message>
        <source>Earlier runs</source>
        <translation>Önceki çalıştırmalar</translation>
    </message>
    <message>
        <source>Mean of {n} epochs</source>
        <translation>{n} epokun ortalaması</translation>
    </message>
    <message>
        <source>None</source>
        <translation>Yok</translation>
    </message>
    <message>
        <source>Show all epochs</source>
        <translation>Tüm epokları göster</translation>
    </message>
    <message>
        <source>Export as PNG…</source>
        <translation>PNG olarak dışa aktar…</translation>
    </message>
    <message>
        <source>Export as SVG…</source>
        <translation>SVG olarak dışa aktar…</translation>
    </message>
    <message>
        <source>Export as CSV…</source>
        <translation>CSV olarak dışa aktar…</translation>
    </message>
</context>
<context>
    <name>LossPanel</name>
    <message>
        <source>epoch {epoch}   train {train}</source>
        <translation>epok {epoch}   eğitim {train}</translation>
    </message>
    <message>
        <source>epoch {epoch}   train {train}   test {test}</source>
        <translation>epok {epoch}   eğitim {train}   test {test}</translation>
    </message>
    <message>
        <source>Export the loss plot</source>
        <translation>Kayıp grafiğini dışa aktar</translation>
    </message>
    <message>
        <source>up to epoch {n} the file keeps the losses, not the weights</source>
        <translation>dosyada {n}. epoka kadar ağırlıklar değil, yalnızca kayıplar var</translation>
    </message>
    <message>
        <source>Timeline</source>
        <translation>Zaman çizgisi</translation>
    </message>
    <message>
        <source>Go back to an earlier epoch</source>
        <translation>Önceki bir epoka dön</translation>
    </message>
    <message>
        <source>step {n} of {steps}</source>
        <translation>adım {n} / {steps}</translation>
    </message>
    <message>
        <source>Go to the start</source>
        <translation>Başa dön</translation>
    </message>
    <message>
        <source>Epoch shown</source>
        <translation>Gösterilen epok</translation>
    </message>
    <message>
        <source>Type an epoch to go to it</source>
        <translation>Gitmek istediğiniz epoku yazın</translation>
    </message>
    <message>
        <source>Loss by epoch</source>
        <translation>Epoklara göre kayıp</translation>
    </message>
    <message>
        <source>Curves of the loss</source>
        <translation>Kayıp eğrileri</translation>
    </message>
    <message>
        <source>Epoch</source>
        <translation>Epok</translation>
    </message>
    <message>
        <source>Branch</source>
        <translation>Dallan</translation>
    </message>
    <message>
        <source>Branch from here</source>
        <translation>Buradan dallan</translation>
    </message>
    <message>
        <source>Train on from the epoch shown as a new run; this one is kept</source>
        <translation>Eğitimi gösterilen epoktan yeni bir çalıştırma olarak sürdür; bu çalıştırma saklanır</translation>
    </message>
</context>
<context>
    <name>LotteryPage</name>
    <message>
        <source>Seeds</source>
        <translation>Tohumlar</translation>
    </message>
    <message>
        <source>Sweep</source>
        <translation>Tarama</translation>
    </message>
    <message>
        <source>Many random starts of this network</source>
        <translation>Bu ağın çok sayıda rastgele başlangıcı</translation>
    </message>
    <message>
        <source>Many random starts with each of some learning rates and layer widths</source>
        <translation>Seçilen her öğrenme oranı ve birim sayısıyla çok sayıda rastgele başlangıç</translation>
    </message>
    <message>
        <source>Cluster: {address}</source>
        <translation>Küme: {address}</translation>
    </message>
    <message>
        <source>Cluster</source>
        <translation>Küme</translation>
    </message>
    <message>
        <source>Cluster: none</source>
        <translation>Küme: yok</translation>
    </message>
    <message>
        <source>Dask cluster</source>
        <translation>Dask kümesi</translation>
    </message>
    <message>
        <source>Address of the cluster&apos;s scheduler</source>
        <translation>Kümenin zamanlayıcısının adresi</translation>
    </message>
    <message>
        <source>such as {address}</source>
        <translation>örneğin {address}</translation>
    </message>
    <message>
        <source>Its workers train every lottery. Leave it empty to train on this computer.</source>
        <translation>Her piyangoyu bu kümenin işçileri eğitir. Bu bilgisayarda eğitmek için boş bırakın.</translation>
    </message>
    <message>
        <source>Test</source>
        <translation>Test</translation>
    </message>
    <message>
        <source>How accurate those starts are on the test rows, where the split leaves some</source>
        <translation>Bu başlangıçların, bölmede test satırı ayrıldıysa, onlardaki doğruluğu</translation>
    </message>
</context>
<context>
    <name>LotteryView</name>
    <message>
        <source>Whether training succeeds can hang on the first random weights. Try many.</source>
        <translation>Eğitimin başarısı ilk rastgele ağırlıklara bağlı olabilir. Birçok başlangıç deneyin.</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>Durdur</translation>
    </message>
    <message>
        <source>Draw {n} seeds</source>
        <translation>{n} tohum çek</translation>
    </message>
    <message>
        <source>Draw again</source>
        <translation>Yeniden çek</translation>
    </message>
    <message>
        <source>Train this network from {n} random starts</source>
        <translation>Bu ağı {n} rastgele başlangıçtan eğit</translation>
    </message>
    <message>
        <source>A lottery takes 1 to {most} seeds, not “{text}”. It stays at {n}.</source>
        <translation>Tohum sayısı 1 ile {most} arasında olmalı; “{text}” olamaz. Sayı {n} olarak kaldı.</translation>
    </message>
    <message>
        <source>Open unsolved</source>
        <translation>Başarısızı aç</translation>
    </message>
    <message>
        <source>Open an unsolved seed</source>
        <translation>Başarısız bir tohumu aç</translation>
    </message>
    <message>
        <source>Load one of the starts that did not get there</source>
        <translation>Hedefe varamayan başlangıçlardan birini yükle</translation>
    </message>
    <message>
        <source>Loss of every seed by epoch</source>
        <translation>Her tohumun epoklara göre kaybı</translation>
    </message>
    <message>
        <source>Double-click a curve, or choose it with the arrow keys and press Enter</source>
        <translation>Bir eğriye çift tıklayın ya da ok tuşlarıyla seçip Enter’a basın</translation>
    </message>
    <message>
        <source>seeds reach an R² of {value}</source>
        <translation>tohumda R² en az {value}</translation>
    </message>
    <message>
        <source>seeds solve {task}</source>
        <translation>tohum {task} çözüyor</translation>
    </message>
    <message>
        <source>{n} unsolved</source>
        <translation>{n} başarısız</translation>
    </message>
    <message>
        <source>seeds reach {share}</source>
        <translation>tohum en az {share}</translation>
    </message>
    <message>
        <source>seed {n}: loss {loss}</source>
        <translation>tohum {n}: kayıp {loss}</translation>
    </message>
    <message>
        <source>Stop ({n}%)</source>
        <translation>Durdur (%{n})</translation>
    </message>
    <message>
        <source>How many seeds</source>
        <translation>Kaç tohum</translation>
    </message>
    <message>
        <source>How many random starts to train: 1 to {most}</source>
        <translation>Kaç rastgele başlangıcın eğitileceği: 1 ile {most} arası</translation>
    </message>
    <message>
        <source>Draw 1 seed</source>
        <translation>1 tohum çek</translation>
    </message>
    <message>
        <source>reach {share}, the ceiling</source>
        <translation>{share} tavanına ulaşıyor</translation>
    </message>
    <message>
        <source>all seeds diverged</source>
        <translation>tüm tohumlar ıraksadı</translation>
    </message>
    <message>
        <source>mean, {low} to {high}</source>
        <translation>ortalama; {low} ile {high} arası</translation>
    </message>
</context>
<context>
    <name>MatrixCard</name>
    <message>
        <source>{inputs} inputs down, {units} units across
strongest |w| {w}</source>
        <translation>dikeyde {inputs} girdi, yatayda {units} birim
en büyük |w| {w}</translation>
    </message>
</context>
<context>
    <name>MessageBar</name>
    <message>
        <source>{sentence} Offered here: {remedy}.</source>
        <translation>{sentence} Burada önerilen: {remedy}.</translation>
    </message>
    <message>
        <source>Details</source>
        <translation>Ayrıntılar</translation>
    </message>
    <message>
        <source>Show or hide the details</source>
        <translation>Ayrıntıları göster ya da gizle</translation>
    </message>
    <message>
        <source>Close this message</source>
        <translation>Bu iletiyi kapat</translation>
    </message>
    <message>
        <source>Details of the error</source>
        <translation>Hatanın ayrıntıları</translation>
    </message>
    <message>
        <source>Mend what is wrong</source>
        <translation>Sorunu gider</translation>
    </message>
</context>
<context>
    <name>Microscope</name>
    <message>
        <source>{n} more</source>
        <translation>{n} tane daha</translation>
    </message>
    <message>
        <source>no target: any answer will do</source>
        <translation>hedef yok; her yanıt doğru sayılır</translation>
    </message>
    <message>
        <source>L̄: mean over the batch</source>
        <translation>L̄: yığın ortalaması</translation>
    </message>
    <message>
        <source>Microscope · {name}</source>
        <translation>Mikroskop · {name}</translation>
    </message>
    <message>
        <source>Step {n} of {steps}: {part}</source>
        <translation>Adım {n} / {steps}: {part}</translation>
    </message>
    <message>
        <source>epoch {n}</source>
        <translation>{n}. epok</translation>
    </message>
    <message>
        <source>Next</source>
        <translation>Sonraki</translation>
    </message>
    <message>
        <source>Next: {part}</source>
        <translation>Sonraki: {part}</translation>
    </message>
    <message>
        <source>The rows are being read. The numbers come with them.</source>
        <translation>Satırlar okunuyor. Okuma bitince sayılar görünecek.</translation>
    </message>
    <message>
        <source>There are no rows. Press Train to read them, or choose other data.</source>
        <translation>Satır yok. Okumak için Eğit’e basın ya da başka veri seçin.</translation>
    </message>
    <message>
        <source>No row is chosen. Choose one above, in the table or on the map.</source>
        <translation>Seçili satır yok. Yukarıdan, tablodan ya da haritadan bir satır seçin.</translation>
    </message>
    <message>
        <source>The numbers are being worked out.</source>
        <translation>Sayılar hesaplanıyor.</translation>
    </message>
    <message>
        <source>{name} is gone; this is another unit.</source>
        <translation>{name} artık yok; bu başka bir birim.</translation>
    </message>
    <message>
        <source>A sum or the loss is no finite number. Undo, or reset.</source>
        <translation>Bir toplam ya da kayıp sonlu bir sayı değil. Geri alın ya da “Sıfırla” düğmesine basın.</translation>
    </message>
    <message>
        <source>Answers and targets stand scaled in formulas, as the network has them.</source>
        <translation>Formüllerde yanıtlar ve hedefler, ağın gördüğü gibi ölçeklenmiştir.</translation>
    </message>
    <message>
        <source>The last step used this row ({row}): before, change and after.</source>
        <translation>Son adım bu satırı ({row}) kullandı: öncesi, değişim ve sonrası.</translation>
    </message>
    <message>
        <source>A test row: training never uses it.</source>
        <translation>Bir test satırı: Eğitim onu hiç kullanmaz.</translation>
    </message>
    <message>
        <source>What {unit} answers over the plane of the inputs</source>
        <translation>{unit} biriminin girdi düzlemi üzerindeki yanıtı</translation>
    </message>
    <message>
        <source>The new numbers are being worked out.</source>
        <translation>Yeni sayılar hesaplanıyor.</translation>
    </message>
    <message>
        <source>Without drop-out, which leaves out units at random in training.</source>
        <translation>Burada seyreltme uygulanmaz; eğitimde birimler rastgele dışarıda bırakılır.</translation>
    </message>
    <message>
        <source>While it trains, a batch of so many rows cannot be followed.</source>
        <translation>Eğitim sürerken bu kadar büyük bir yığın izlenemez.</translation>
    </message>
    <message>
        <source>In 64 bits; training computes in 32.</source>
        <translation>Burada 64 bit ile hesaplanır; eğitim 32 bit kullanır.</translation>
    </message>
    <message>
        <source>The step on this row is made: before, change and after.</source>
        <translation>Bu satırdaki adım atıldı: öncesi, değişim ve sonrası.</translation>
    </message>
    <message>
        <source>The last step used all rows: before, change and after.</source>
        <translation>Son adım tüm satırları kullandı: öncesi, değişim ve sonrası.</translation>
    </message>
    <message>
        <source>The last step used row {row} alone: before, change and after.</source>
        <translation>Son adım yalnızca {row}. satırı kullandı: öncesi, değişim ve sonrası.</translation>
    </message>
    <message>
        <source>The last step used {n} rows: before, change and after.</source>
        <translation>Son adım {n} satır kullandı: öncesi, değişim ve sonrası.</translation>
    </message>
    <message>
        <source>The last step used rows {rows}: before, change and after.</source>
        <translation>Son adım şu satırları kullandı: {rows}. Öncesi, değişim ve sonrası.</translation>
    </message>
    <message>
        <source>The batch</source>
        <translation>Yığın</translation>
    </message>
    <message>
        <source>The batch: 1 row</source>
        <translation>Yığın: 1 satır</translation>
    </message>
    <message>
        <source>The batch: {n} rows</source>
        <translation>Yığın: {n} satır</translation>
    </message>
    <message>
        <source>Copy as text</source>
        <translation>Metin olarak kopyala</translation>
    </message>
    <message>
        <source>Copy as LaTeX</source>
        <translation>LaTeX olarak kopyala</translation>
    </message>
    <message>
        <source>Copy as picture</source>
        <translation>Görüntü olarak kopyala</translation>
    </message>
    <message>
        <source>Copy the formulas</source>
        <translation>Formülleri kopyala</translation>
    </message>
    <message>
        <source>Close the microscope</source>
        <translation>Mikroskobu kapat</translation>
    </message>
    <message>
        <source>Close (Esc)</source>
        <translation>Kapat (Esc)</translation>
    </message>
    <message>
        <source>Previous</source>
        <translation>Önceki</translation>
    </message>
    <message>
        <source>Previous part</source>
        <translation>Önceki bölüm</translation>
    </message>
    <message>
        <source>Previous part ({key})</source>
        <translation>Önceki bölüm ({key})</translation>
    </message>
    <message>
        <source>Next part ({key})</source>
        <translation>Sonraki bölüm ({key})</translation>
    </message>
    <message>
        <source>Apply this step</source>
        <translation>Bu adımı uygula</translation>
    </message>
    <message>
        <source>Make this step: the new weights become the network’s</source>
        <translation>Bu adımı at: yeni ağırlıklar ağın ağırlıkları olur</translation>
    </message>
    <message>
        <source>Start again</source>
        <translation>Baştan başla</translation>
    </message>
    <message>
        <source>Back to step 1, with the new weights</source>
        <translation>Yeni ağırlıklarla 1. adıma dön</translation>
    </message>
    <message>
        <source>Next part</source>
        <translation>Sonraki bölüm</translation>
    </message>
    <message>
        <source>This row alone, batch of 1</source>
        <translation>Yalnızca bu satır (yığın:&#xa0;1)</translation>
    </message>
    <message>
        <source>Row ({values}) · target {target}</source>
        <translation>Satır ({values}) · hedef {target}</translation>
    </message>
    <message>
        <source>Test row {n} · target {target}</source>
        <translation>Test satırı {n} · hedef {target}</translation>
    </message>
    <message>
        <source>Row {n} · target {target}</source>
        <translation>Satır {n} · hedef {target}</translation>
    </message>
    <message>
        <source>Take the inputs</source>
        <translation>Girdileri al</translation>
    </message>
    <message>
        <source>Add the bias</source>
        <translation>Sapmayı ekle</translation>
    </message>
    <message>
        <source>Draw random weights</source>
        <translation>Rastgele ağırlık çek</translation>
    </message>
    <message>
        <source>Run it forward</source>
        <translation>İleri hesapla</translation>
    </message>
    <message>
        <source>See the error</source>
        <translation>Hatayı gör</translation>
    </message>
    <message>
        <source>Change the weights</source>
        <translation>Ağırlıkları değiştir</translation>
    </message>
    <message>
        <source>Train again</source>
        <translation>Yeniden eğit</translation>
    </message>
    <message>
        <source>Predict</source>
        <translation>Tahmin et</translation>
    </message>
    <message>
        <source>inputs</source>
        <translation>girdiler</translation>
    </message>
    <message>
        <source>bias</source>
        <translation>sapma (bias)</translation>
    </message>
    <message>
        <source>weights</source>
        <translation>ağırlıklar</translation>
    </message>
    <message>
        <source>weighted sum</source>
        <translation>ağırlıklı toplam</translation>
    </message>
    <message>
        <source>activation</source>
        <translation>aktivasyon</translation>
    </message>
    <message>
        <source>error</source>
        <translation>hata</translation>
    </message>
    <message>
        <source>blame</source>
        <translation>hatadaki pay</translation>
    </message>
    <message>
        <source>new weights</source>
        <translation>yeni ağırlıklar</translation>
    </message>
    <message>
        <source>once more</source>
        <translation>bir kez daha</translation>
    </message>
    <message>
        <source>prediction</source>
        <translation>tahmin</translation>
    </message>
    <message>
        <source>Rounded to multiples of {step}, to be looked at: not yet kept.</source>
        <translation>Yuvarlama adımı {step}: Yalnızca gösteriliyor, henüz uygulanmadı.</translation>
    </message>
    <message>
        <source>This layer has no bias: with all scaled inputs 0, z is 0.</source>
        <translation>Bu katmanda sapma yok: Ölçeklenmiş girdilerin tümü 0 iken z 0’dır.</translation>
    </message>
    <message>
        <source>This layer has no bias: with all inputs 0, z is 0.</source>
        <translation>Bu katmanda sapma yok: Tüm girdiler 0 iken z 0’dır.</translation>
    </message>
    <message>
        <source>It is added whatever the row: with all inputs 0, z is {b}.</source>
        <translation>Satır ne olursa olsun eklenir: Tüm girdiler 0 iken z&#xa0;=&#xa0;{b}.</translation>
    </message>
    <message>
        <source>It is added whatever the row: with all scaled inputs 0, z is {b}.</source>
        <translation>Satır ne olursa olsun eklenir: Ölçeklenmiş girdilerin tümü 0 iken z&#xa0;=&#xa0;{b}.</translation>
    </message>
    <message>
        <source>A step is flat on both sides of 0: its slope is 0, and no gradient comes back.</source>
        <translation>Basamak 0’ın iki yanında da düzdür: Eğimi 0’dır ve gradyan geri gelmez.</translation>
    </message>
    <message>
        <source>By the mistake of published code the slope is taken at a, {a}, and not at z: {share} of the gradient comes back.</source>
        <translation>Yayımlanmış koddaki hata yüzünden eğim z’de değil a’da ({a}) alınır; gradyanın geri gelen kısmı {share}.</translation>
    </message>
    <message>
        <source>z is positive, so ReLU lets it through. It also lets the gradient back.</source>
        <translation>z pozitif; ReLU onu geçirir. Gradyanı da geri geçirir.</translation>
    </message>
    <message>
        <source>z goes on as it is, and the whole gradient comes back.</source>
        <translation>z olduğu gibi ileri gider, gradyanın tamamı geri gelir.</translation>
    </message>
    <message>
        <source>Softmax shares 1 out among the outputs; this one gets {a}.</source>
        <translation>Softmax 1’i çıktılar arasında paylaştırır; bununki {a}.</translation>
    </message>
    <message>
        <source>The slope at z is {slope}: {share} of the gradient comes back.</source>
        <translation>z noktasında eğim {slope}; gradyanın geri gelen kısmı {share}.</translation>
    </message>
    <message>
        <source>z is {z}, where {name} is nearly flat: {share} comes back.</source>
        <translation>z&#xa0;=&#xa0;{z}; {name} orada neredeyse düz. Gradyanın geri gelen kısmı {share}.</translation>
    </message>
    <message>
        <source>{name} and cross-entropy are taken as one: ∂L/∂z is the answer less the target.</source>
        <translation>{name} ile çapraz entropi birlikte ele alınır: ∂L/∂z, yanıt eksi hedeftir.</translation>
    </message>
    <message>
        <source>Each softmax output depends on every z, so ∂L/∂z gathers all of them.</source>
        <translation>Her softmax çıktısı tüm z değerlerine bağlıdır; ∂L/∂z bunların hepsinin toplamıdır.</translation>
    </message>
    <message>
        <source>∂L/∂a is 0: what comes after has nothing to send back.</source>
        <translation>∂L/∂a&#xa0;=&#xa0;0: Sonraki birimlerin geri göndereceği bir şey yok.</translation>
    </message>
    <message>
        <source>z is {z}, {name} is flat there: nothing comes back.</source>
        <translation>z&#xa0;=&#xa0;{z}; {name} orada düz: Geriye hiçbir şey gelmez.</translation>
    </message>
    <message>
        <source>{x} is 0 on this row: {w} had no part in the answer.</source>
        <translation>Bu satırda {x}&#xa0;=&#xa0;0: {w} yanıtı etkilemedi.</translation>
    </message>
    <message>
        <source>It stays as it is.</source>
        <translation>Bu parametre olduğu gibi kalır.</translation>
    </message>
    <message>
        <source>The step makes it smaller.</source>
        <translation>Adım bu parametreyi küçültür.</translation>
    </message>
    <message>
        <source>Drawn at random from seed {seed} ({name})</source>
        <translation>Tohum {seed} ile rastgele çekildi ({name})</translation>
    </message>
    <message>
        <source>All {value} at the start ({name})</source>
        <translation>Başlangıçta hepsi {value} ({name})</translation>
    </message>
    <message>
        <source>A step is flat on both sides of 0: its slope is 0, and no gradient comes back. The perceptron rule, which trains it, asks for no slope.</source>
        <translation>Basamak 0’ın iki yanında da düzdür: Eğimi 0’dır ve gradyan geri gelmez. Onu eğiten perceptron kuralı eğime bakmaz.</translation>
    </message>
    <message>
        <source>z is {z}, and no number comes of that: a is NaN.</source>
        <translation>z&#xa0;=&#xa0;{z}; bundan bir sayı çıkmaz: a&#xa0;=&#xa0;NaN.</translation>
    </message>
    <message>
        <source>The slope at z is {slope}. Cross-entropy cancels it: the whole error goes back.</source>
        <translation>z noktasında eğim {slope}. Çapraz entropinin türevinde bu eğim sadeleşir; hatanın tümü geri gider.</translation>
    </message>
    <message>
        <source>The slope at z is {slope}. On this row any answer will do: nothing comes back.</source>
        <translation>z noktasında eğim {slope}. Bu satırda her yanıt doğru sayılır: Geriye hiçbir şey gelmez.</translation>
    </message>
    <message>
        <source>z is 0, at ReLU&apos;s corner, whose slope counts as 0: nothing comes back.</source>
        <translation>z&#xa0;=&#xa0;0: ReLU’nun köşesi; orada eğim 0 sayılır, geriye hiçbir şey gelmez.</translation>
    </message>
    <message>
        <source>z is {z}: a hundredth of it goes on, and a hundredth of the gradient comes back.</source>
        <translation>z&#xa0;=&#xa0;{z}: Yüzde biri ileri gider, gradyanın da yüzde biri geri gelir.</translation>
    </message>
    <message>
        <source>{start}, unless typed, rounded or read from a file.</source>
        <translation>{start}; elle yazılan, yuvarlanan ya da dosyadan okunanlar bunun dışındadır.</translation>
    </message>
    <message>
        <source>The network has been trained for 1 epoch.</source>
        <translation>Ağ 1 epok eğitildi.</translation>
    </message>
    <message>
        <source>The network has been trained for {n} epochs.</source>
        <translation>Ağ {n} epok eğitildi.</translation>
    </message>
    <message>
        <source>The network has been trained for 1 step.</source>
        <translation>Ağ 1 adım eğitildi.</translation>
    </message>
    <message>
        <source>The network has been trained for {n} steps.</source>
        <translation>Ağ {n} adım eğitildi.</translation>
    </message>
    <message>
        <source>Another z of this layer is no finite number, and softmax, which shares 1 out among all, makes no number of that: a is NaN.</source>
        <translation>Bu katmanın başka bir z değeri sonlu bir sayı değil; 1’i hepsi arasında paylaştıran softmax bundan bir sayı çıkaramaz: a&#xa0;=&#xa0;NaN.</translation>
    </message>
    <message>
        <source>less than {share}</source>
        <translation>{share} değerinden az</translation>
    </message>
    <message>
        <source>This row has no target (don&apos;t care): any answer is right, nothing is lost, and nothing comes back.</source>
        <translation>Bu satırın hedefi yok (fark etmez): Her yanıt doğrudur, kayıp olmaz ve geriye hiçbir şey gelmez.</translation>
    </message>
    <message>
        <source>{name} is {value}, no finite number: no step comes of it.</source>
        <translation>{name}&#xa0;=&#xa0;{value}: Sonlu bir sayı değil, bununla adım atılamaz.</translation>
    </message>
    <message>
        <source>{name} has no target on this row (don&apos;t care): any answer of it is right, it adds nothing to the loss, and nothing comes back.</source>
        <translation>{name} çıktısının bu satırda hedefi yok (fark etmez): Her yanıtı doğrudur, kayba bir şey eklemez ve geriye hiçbir şey gelmez.</translation>
    </message>
    <message>
        <source>{name} has no target on this row (don&apos;t care). What comes back is from the outputs that have one: softmax shares 1 out among all.</source>
        <translation>{name} çıktısının bu satırda hedefi yok (fark etmez). Geriye gelenler, hedefi olan çıktılardan gelir: Softmax 1’i hepsi arasında paylaştırır.</translation>
    </message>
    <message>
        <source>The answer is right: the error a − t is 0, and the perceptron rule leaves the weights as they are.</source>
        <translation>Yanıt doğru: a − t hatası 0; perceptron kuralı ağırlıkları olduğu gibi bırakır.</translation>
    </message>
    <message>
        <source>A step&apos;s slope is 0, so the chain rule brings nothing back. The perceptron rule takes the error itself, the answer less the target, times the input.</source>
        <translation>Basamağın eğimi 0’dır; zincir kuralı geriye bir şey getirmez. Perceptron kuralı hatanın kendisini, yanıt eksi hedefi alır ve girdiyle çarpar.</translation>
    </message>
    <message>
        <source>∂L/∂a is 0: the weights out of {name} are 0, so nothing comes back through them.</source>
        <translation>∂L/∂a&#xa0;=&#xa0;0: {name} biriminden çıkan ağırlıklar 0; onlardan geriye hiçbir şey gelmez.</translation>
    </message>
    <message>
        <source>∂L/∂a is 0: where the weight is not 0, what comes after has nothing to send back.</source>
        <translation>∂L/∂a&#xa0;=&#xa0;0: Ağırlığın 0 olmadığı yerde sonraki birimin geri göndereceği bir şey yok.</translation>
    </message>
    <message>
        <source>∂L/∂a is 0: what the units after it send back cancels out.</source>
        <translation>∂L/∂a&#xa0;=&#xa0;0: Sonraki birimlerin geri gönderdikleri birbirini götürüyor.</translation>
    </message>
    <message>
        <source>The answer is the target itself: there is no error to send back.</source>
        <translation>Yanıt hedefin kendisi: Geri gönderilecek hata yok.</translation>
    </message>
    <message>
        <source>The answer lies on the right side, far enough to cost nothing: there is nothing to send back.</source>
        <translation>Yanıt doğru yanda ve kaybı olmayacak kadar uzakta: Geri gönderilecek bir şey yok.</translation>
    </message>
    <message>
        <source>∂L/∂a is 0: a slightly larger or smaller answer changes no loss, so there is nothing to send back.</source>
        <translation>∂L/∂a&#xa0;=&#xa0;0: Yanıt biraz büyüse ya da küçülse kayıp değişmez; geri gönderilecek bir şey yok.</translation>
    </message>
    <message>
        <source>Drop-out multiplies {name} by {factors} in it.</source>
        <translation>Seyreltme bu satırda {name} değerini {factors} ile çarpar.</translation>
    </message>
    <message>
        <source>With the new weights the loss on this row is lower.</source>
        <translation>Yeni ağırlıklarla bu satırdaki kayıp daha düşük.</translation>
    </message>
    <message>
        <source>The loss on this row is higher after this step, which follows the mean over its batch and not this row.</source>
        <translation>Bu satırın kaybı bu adımdan sonra daha yüksek: Adım bu satırı değil, yığının ortalamasını izler.</translation>
    </message>
    <message>
        <source>More {w} would raise the loss on this row.</source>
        <translation>{w} büyüse bu satırdaki kayıp artardı.</translation>
    </message>
    <message>
        <source>More {w} would lower the loss on this row.</source>
        <translation>{w} büyüse bu satırdaki kayıp azalırdı.</translation>
    </message>
    <message>
        <source>The step takes it beyond all numbers.</source>
        <translation>Adım bu parametreyi sayı sınırlarının dışına taşır.</translation>
    </message>
    <message>
        <source>The step makes it larger.</source>
        <translation>Adım bu parametreyi büyütür.</translation>
    </message>
    <message>
        <source>Its memory is too large to be shown while training runs: pause.</source>
        <translation>Eniyileyicinin belleği, eğitim sürerken gösterilemeyecek kadar büyük: Duraklatın.</translation>
    </message>
    <message>
        <source>In training the penalty pulls weights to 0 as well.</source>
        <translation>Eğitimde ceza terimi de ağırlıkları 0’a çeker.</translation>
    </message>
    <message>
        <source>The penalty pulls weights to 0 as well.</source>
        <translation>Ceza terimi de ağırlıkları 0’a çeker.</translation>
    </message>
    <message>
        <source>A gradient longer than {n} is shortened to it.</source>
        <translation>Uzunluğu {n} değerini aşan gradyan bu uzunluğa kısaltılır.</translation>
    </message>
    <message>
        <source>A pinned weight stays as it is.</source>
        <translation>Sabitlenmiş ağırlık olduğu gibi kalır.</translation>
    </message>
    <message>
        <source>Mean over {n} of {whole} rows: {rows}.</source>
        <translation>{whole} satırdan {n} tanesinin ortalaması: {rows}.</translation>
    </message>
    <message>
        <source>Mean over {n} of {whole} rows: {rows} and others.</source>
        <translation>{whole} satırdan {n} tanesinin ortalaması: {rows} ve diğerleri.</translation>
    </message>
    <message>
        <source>Mean over all {n} rows.</source>
        <translation>{n} satırın tümünün ortalamasıdır.</translation>
    </message>
    <message>
        <source>The batch is row {rows} alone, so its mean is that row&apos;s.</source>
        <translation>Yığın yalnızca {rows}. satırdan oluşuyor; ortalaması da o satırınkidir.</translation>
    </message>
    <message>
        <source>An answer lies at the loss&apos;s corner, where the slope of the side counts that costs something.</source>
        <translation>Bir yanıt kaybın köşesindedir; orada kaybın arttığı yanın eğimi alınır.</translation>
    </message>
    <message>
        <source>The loss on this row is 0 and cannot fall: an answer lies at its corner, where the slope of the side counts that costs something.</source>
        <translation>Bu satırdaki kayıp 0’dır, daha da azalamaz: Bir yanıt kaybın köşesindedir; orada kaybın arttığı yanın eğimi alınır.</translation>
    </message>
    <message>
        <source>{name} makes Δw of this gradient and of its memory of earlier ones.</source>
        <translation>{name}, Δw değerini bu gradyandan ve önceki gradyanlardan biriktirdiklerinden hesaplar.</translation>
    </message>
    <message>
        <source>Drop-out multiplies {name} by {factors} in them.</source>
        <translation>Seyreltme bu satırlarda {name} değerini şunlarla çarpar: {factors}.</translation>
    </message>
    <message>
        <source>z lies at the step&apos;s jump, where there is no slope to measure. The rule follows none.</source>
        <translation>z basamağın sıçradığı yerdedir; orada ölçülecek bir eğim yoktur. Kural da eğim izlemez.</translation>
    </message>
    <message>
        <source>The rule follows no slope: the numeric gradient is 0.</source>
        <translation>Kural eğimi izlemez: Sayısal gradyan 0’dır.</translation>
    </message>
    <message>
        <source>Beyond all numbers there is nothing to compare.</source>
        <translation>Sayı sınırlarının dışında karşılaştırılacak bir şey yok.</translation>
    </message>
    <message>
        <source>numeric {numeric} · gap {gap}</source>
        <translation>sayısal {numeric} · fark {gap}</translation>
    </message>
    <message>
        <source>numeric {numeric} · gap {gap}: not the derivative here</source>
        <translation>sayısal {numeric} · fark {gap}: burada türev değil</translation>
    </message>
    <message>
        <source>Without a target the row has no loss, before or after.</source>
        <translation>Hedefi olmayan satırın ne öncesinde ne sonrasında kaybı vardır.</translation>
    </message>
    <message>
        <source>With the new weights the loss on this row is no finite number: nothing can be learned from there.</source>
        <translation>Yeni ağırlıklarla bu satırdaki kayıp sonlu bir sayı değil: Oradan sonra bir şey öğrenilemez.</translation>
    </message>
    <message>
        <source>With the new weights the loss on this row is lower. So it goes, row by row.</source>
        <translation>Yeni ağırlıklarla bu satırdaki kayıp daha düşük. Eğitim böyle, satır satır sürer.</translation>
    </message>
    <message>
        <source>The loss on this row stays as it is.</source>
        <translation>Bu satırdaki kayıp olduğu gibi kalır.</translation>
    </message>
    <message>
        <source>With the new weights the loss on this row is a number again.</source>
        <translation>Yeni ağırlıklarla bu satırdaki kayıp yeniden sonlu bir sayı.</translation>
    </message>
    <message>
        <source>The loss on this row is higher after this step.</source>
        <translation>Bu adımdan sonra bu satırdaki kayıp daha yüksek.</translation>
    </message>
    <message>
        <source>The loss on this row is higher: the step went past the lowest point. Try a lower rate.</source>
        <translation>Bu satırdaki kayıp daha yüksek: Adım en düşük noktayı geçti. Daha düşük bir oran deneyin.</translation>
    </message>
    <message>
        <source>Weighted sum</source>
        <translation>Ağırlıklı toplam</translation>
    </message>
    <message>
        <source>Activation</source>
        <translation>Aktivasyon</translation>
    </message>
    <message>
        <source>Error</source>
        <translation>Hata</translation>
    </message>
    <message>
        <source>Blame</source>
        <translation>Hatadaki pay</translation>
    </message>
    <message>
        <source>Update</source>
        <translation>Güncelleme</translation>
    </message>
    <message>
        <source>After the step</source>
        <translation>Adımdan sonra</translation>
    </message>
    <message>
        <source>mean {rule}</source>
        <translation>ortalama {rule}</translation>
    </message>
    <message>
        <source>free</source>
        <translation>serbest</translation>
    </message>
</context>
<context>
    <name>MissingTableDialog</name>
    <message>
        <source>Where is {name}?</source>
        <translation>{name} nerede?</translation>
    </message>
    <message>
        <source>The experiment learned from this table, which is no longer in {folder}. Its weights are kept; show where the table is now to open it.</source>
        <translation>Ağ bu tabloyla eğitildi ama tablo artık {folder} klasöründe değil. Ağırlıklar duruyor; deneyi açmak için tablonun şimdiki yerini gösterin.</translation>
    </message>
    <message>
        <source>Find the file…</source>
        <translation>Dosyayı bul…</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>İptal</translation>
    </message>
    <message>
        <source>Find {name}</source>
        <translation>{name} dosyasını bul</translation>
    </message>
    <message>
        <source>Tables ({kinds})</source>
        <translation>Tablolar ({kinds})</translation>
    </message>
    <message>
        <source>All files (*)</source>
        <translation>Tüm dosyalar (*)</translation>
    </message>
</context>
<context>
    <name>MistakeRow</name>
    <message>
        <source>Move to</source>
        <translation>Taşı</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>Kaldır</translation>
    </message>
    <message>
        <source>{truth} taken for {guess}</source>
        <translation>{truth} → {guess} sanıldı</translation>
    </message>
    <message>
        <source>{share} sure</source>
        <translation>{share} emin</translation>
    </message>
    <message>
        <source>Open {what}</source>
        <translation>Aç: {what}</translation>
    </message>
    <message>
        <source>Move the image to the class that it belongs to</source>
        <translation>Görüntüyü ait olduğu sınıfa taşı</translation>
    </message>
    <message>
        <source>Move to: {what}</source>
        <translation>Taşı: {what}</translation>
    </message>
    <message>
        <source>Remove the image from its class; the file stays</source>
        <translation>Görüntüyü sınıfından kaldır; dosyası kalır</translation>
    </message>
    <message>
        <source>Remove: {what}</source>
        <translation>Kaldır: {what}</translation>
    </message>
</context>
<context>
    <name>ModelPanel</name>
    <message>
        <source>Model</source>
        <translation>Model</translation>
    </message>
    <message>
        <source>What is it?</source>
        <translation>Bu ne?</translation>
    </message>
    <message>
        <source>Where is it?</source>
        <translation>Nerede?</translation>
    </message>
    <message>
        <source>Cut out</source>
        <translation>Kesip al</translation>
    </message>
    <message>
        <source>Look inside</source>
        <translation>İçine bak</translation>
    </message>
    <message>
        <source>Name what a picture shows</source>
        <translation>Görüntüde ne olduğunu söyle</translation>
    </message>
    <message>
        <source>Find objects, with a box round each</source>
        <translation>Nesneleri bul, her birini kutu içine al</translation>
    </message>
    <message>
        <source>The network&apos;s maps, and any of its numbers recomputed</source>
        <translation>Ağın haritaları ve sayılarının yeniden hesaplanması</translation>
    </message>
    <message>
        <source>Read its output as</source>
        <translation>Çıktının türü</translation>
    </message>
    <message>
        <source>How the model&apos;s output is read, where it is not recognised rightly</source>
        <translation>Doğru tanınmadığında modelin çıktısının nasıl okunacağı</translation>
    </message>
    <message>
        <source>recognised</source>
        <translation>tanındığı gibi</translation>
    </message>
    <message>
        <source>labels</source>
        <translation>etiketler</translation>
    </message>
    <message>
        <source>SSD with anchors</source>
        <translation>çapa kutulu SSD</translation>
    </message>
    <message>
        <source>YOLOX</source>
        <translation>YOLOX</translation>
    </message>
    <message>
        <source>YOLOX in pixels</source>
        <translation>piksel cinsinden YOLOX</translation>
    </message>
    <message>
        <source>YOLO 5 and 7</source>
        <translation>YOLO 5 ve 7</translation>
    </message>
    <message>
        <source>YOLO 3, grids</source>
        <translation>YOLO 3, ızgaralar</translation>
    </message>
    <message>
        <source>YOLO 4, grids</source>
        <translation>YOLO 4, ızgaralar</translation>
    </message>
    <message>
        <source>YOLO 7 with NMS</source>
        <translation>NMS’li YOLO 7</translation>
    </message>
    <message>
        <source>YOLO 8 and later</source>
        <translation>YOLO 8 ve sonrası</translation>
    </message>
    <message>
        <source>corners and scores</source>
        <translation>köşeler ve puanlar</translation>
    </message>
    <message>
        <source>one row a box</source>
        <translation>kutu başına bir satır</translation>
    </message>
    <message>
        <source>chosen boxes</source>
        <translation>seçilmiş kutular</translation>
    </message>
    <message>
        <source>mask</source>
        <translation>maske</translation>
    </message>
    <message>
        <source>Models that can be downloaded</source>
        <translation>İndirilebilen modeller</translation>
    </message>
    <message>
        <source>SSD, YOLO</source>
        <translation>SSD, YOLO</translation>
    </message>
    <message>
        <source>one mask</source>
        <translation>tek maske</translation>
    </message>
    <message>
        <source>Locate files…</source>
        <translation>Dosya seç…</translation>
    </message>
    <message>
        <source>from Teach</source>
        <translation>Öğret’ten</translation>
    </message>
    <message>
        <source>own model</source>
        <translation>kendi modeliniz</translation>
    </message>
    <message>
        <source>Change…</source>
        <translation>Değiştir…</translation>
    </message>
    <message>
        <source>Own model…</source>
        <translation>Kendi modeliniz…</translation>
    </message>
    <message>
        <source>Loads, takes {shape}, gives {scores}.</source>
        <translation>Yüklendi; girdisi {shape}, çıktısı {scores}.</translation>
    </message>
    <message>
        <source>“{model}” cannot be used.</source>
        <translation>“{model}” modeli kullanılamıyor.</translation>
    </message>
    <message>
        <source>“{model}” stays in use.</source>
        <translation>“{model}” modeli kullanılmaya devam ediyor.</translation>
    </message>
    <message>
        <source>“{model}” cannot be read in this way.</source>
        <translation>“{model}” modeli böyle okunamıyor.</translation>
    </message>
    <message>
        <source>boxes of one name</source>
        <translation>tek bir sınıf için kutular</translation>
    </message>
    <message>
        <source>{count} scores from 0 to 1</source>
        <translation>0 ile 1 arasında {count} puan</translation>
    </message>
    <message>
        <source>from Build</source>
        <translation>Kur’dan</translation>
    </message>
    <message>
        <source>Separate people from the background</source>
        <translation>İnsanları arka plandan ayır</translation>
    </message>
    <message>
        <source>YOLO 5, grids</source>
        <translation>YOLO 5, ızgaralar</translation>
    </message>
    <message>
        <source>YOLO 7, grids</source>
        <translation>YOLO 7, ızgaralar</translation>
    </message>
    <message>
        <source>YOLO 10 and 26</source>
        <translation>YOLO 10 ve 26</translation>
    </message>
    <message>
        <source>It is read as before.</source>
        <translation>Önceki gibi okunuyor.</translation>
    </message>
    <message>
        <source>The one before stays in use.</source>
        <translation>Önceki kullanılmaya devam ediyor.</translation>
    </message>
    <message>
        <source>a mask</source>
        <translation>bir maske</translation>
    </message>
    <message>
        <source>boxes of {count} names</source>
        <translation>{count} sınıf için kutular</translation>
    </message>
    <message>
        <source>boxes</source>
        <translation>kutular</translation>
    </message>
    <message>
        <source>{count} scores that softmax makes sum to 1</source>
        <translation>toplamı softmax’la 1 olan {count} puan</translation>
    </message>
    <message>
        <source>tutorial</source>
        <translation>eğitim yazısı</translation>
    </message>
    <message>
        <source>scores</source>
        <translation>puanlar</translation>
    </message>
    <message>
        <source>{count} classes</source>
        <translation>{count} sınıf</translation>
    </message>
    <message>
        <source>ONNX, Caffe, TFLite</source>
        <translation>ONNX, Caffe, TFLite</translation>
    </message>
    <message>
        <source>Looking at the model.</source>
        <translation>Modele bakılıyor.</translation>
    </message>
    <message>
        <source>Model library…</source>
        <translation>Model kitaplığı…</translation>
    </message>
    <message>
        <source>bundled</source>
        <translation>yerleşik</translation>
    </message>
    <message>
        <source>It is {kind}: {reason}.</source>
        <translation>Bu, {kind}: {reason}.</translation>
    </message>
    <message>
        <source>Preflight passed.</source>
        <translation>Ön denetim tamam.</translation>
    </message>
    <message>
        <source>library</source>
        <translation>kitaplık</translation>
    </message>
</context>
<context>
    <name>MoreForm</name>
    <message>
        <source>Schedule</source>
        <translation>Oran planı</translation>
    </message>
    <message>
        <source>Optimiser</source>
        <translation>Eniyileyici</translation>
    </message>
    <message>
        <source>Weights</source>
        <translation>Ağırlıklar</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>Durma</translation>
    </message>
    <message>
        <source>Rate</source>
        <translation>Oran</translation>
    </message>
    <message>
        <source>How the learning rate changes with the epoch</source>
        <translation>Öğrenme oranının epoklar boyunca nasıl değiştiği</translation>
    </message>
    <message>
        <source>Every, epochs</source>
        <translation>Aralık, epok</translation>
    </message>
    <message>
        <source>Times</source>
        <translation>Çarpan</translation>
    </message>
    <message>
        <source>What a step multiplies the rate by</source>
        <translation>Bir basamağın oranı neyle çarptığı</translation>
    </message>
    <message>
        <source>Momentum</source>
        <translation>Momentum</translation>
    </message>
    <message>
        <source>Share of the last step that is kept</source>
        <translation>Son adımdan korunan pay</translation>
    </message>
    <message>
        <source>Adam: memory of the mean gradient</source>
        <translation>Adam: ortalama gradyanın belleği</translation>
    </message>
    <message>
        <source>Adam and RMSProp: memory of the squared gradient</source>
        <translation>Adam ve RMSProp: gradyan karesinin belleği</translation>
    </message>
    <message>
        <source>Keeps the division from zero</source>
        <translation>Sıfıra bölmeyi önler</translation>
    </message>
    <message>
        <source>Weight decay</source>
        <translation>Ağırlık sönümü</translation>
    </message>
    <message>
        <source>AdamW: times the learning rate, the share lost at each step</source>
        <translation>AdamW: öğrenme oranıyla çarpımı, her adımda yitirilen paydır</translation>
    </message>
    <message>
        <source>Epochs without a better test loss; 0 switches this rule off. With it the test rows help to choose, so their figures are a little too good</source>
        <translation>Test kaybı iyileşmeden geçen epok; 0 bu kuralı kapatır. Kural açıkken test satırları da seçime katılır; ölçülen test sonuçları bu yüzden biraz iyimserdir</translation>
    </message>
    <message>
        <source>Clip gradient</source>
        <translation>Gradyan kırpma</translation>
    </message>
    <message>
        <source>How long a step lasts, or the fall to 0</source>
        <translation>Bir basamağın ya da 0’a inişin süresi</translation>
    </message>
    <message>
        <source>Longest gradient; 0 allows any</source>
        <translation>En uzun gradyan; 0 sınır koymaz</translation>
    </message>
    <message>
        <source>Penalty on the sum of |w|</source>
        <translation>|w| toplamına ceza</translation>
    </message>
    <message>
        <source>Penalty on half the sum of w²</source>
        <translation>w² toplamının yarısına ceza</translation>
    </message>
    <message>
        <source>Drop-out</source>
        <translation>Seyreltme (dropout)</translation>
    </message>
    <message>
        <source>Share of hidden units silenced a step</source>
        <translation>Her adımda susturulan gizli birimlerin payı</translation>
    </message>
    <message>
        <source>First weights ×</source>
        <translation>İlk ağırlıklar ×</translation>
    </message>
    <message>
        <source>Scale of the first weights</source>
        <translation>İlk ağırlıkların ölçeği</translation>
    </message>
    <message>
        <source>First biases</source>
        <translation>İlk sapmalar</translation>
    </message>
    <message>
        <source>What biases start at</source>
        <translation>Sapmaların başlangıç değeri</translation>
    </message>
    <message>
        <source>At epoch</source>
        <translation>Epok sınırı</translation>
    </message>
    <message>
        <source>0 switches this rule off</source>
        <translation>0 bu kuralı kapatır</translation>
    </message>
    <message>
        <source>Loss below</source>
        <translation>Kayıp sınırı</translation>
    </message>
    <message>
        <source>All right by</source>
        <translation>Güven payı</translation>
    </message>
    <message>
        <source>Stop when every row is right by this margin; 0 switches it off</source>
        <translation>Tüm satırlar bu güven payıyla doğru olunca durur; 0 kuralı kapatır</translation>
    </message>
    <message>
        <source>No better for</source>
        <translation>Sabır (epok)</translation>
    </message>
    <message>
        <source>After, seconds</source>
        <translation>Süre (saniye)</translation>
    </message>
    <message>
        <source>Shuffle rows each epoch</source>
        <translation>Satırları her epokta karıştır</translation>
    </message>
    <message>
        <source>Single precision (float32)</source>
        <translation>Tek duyarlık (float32)</translation>
    </message>
    <message>
        <source>Slopes at the activated value</source>
        <translation>Eğim aktivasyon değerinde alınsın</translation>
    </message>
    <message>
        <source>A mistake of published code, f′(f(z)) for f′(z), to see what comes of it</source>
        <translation>Yayımlanmış kodun bir hatası: f′(z) yerine f′(f(z)); sonucu görmek için</translation>
    </message>
</context>
<context>
    <name>MoreSettings</name>
    <message>
        <source>Drop-out</source>
        <translation>Seyreltme (dropout)</translation>
    </message>
    <message>
        <source>Share of hidden units silenced a step</source>
        <translation>Her adımda susturulan gizli birimlerin payı</translation>
    </message>
    <message>
        <source>Penalty on half the sum of w²</source>
        <translation>w² toplamının yarısına ceza</translation>
    </message>
    <message>
        <source>Seed</source>
        <translation>Tohum</translation>
    </message>
    <message>
        <source>All randomness comes from this number, the choice of held-out images too</source>
        <translation>Bütün rastgelelik bu sayıdan gelir, ayrılan görüntülerin seçimi de</translation>
    </message>
    <message>
        <source>“Not sure” below</source>
        <translation>“Emin değil” eşiği</translation>
    </message>
    <message>
        <source>A probability from 0 to 1; 0 reads it off the held-out images</source>
        <translation>0 ile 1 arasında bir olasılık; 0 verilirse eşik ayrılan görüntülerden belirlenir</translation>
    </message>
    <message>
        <source>Learn mirrored copies too</source>
        <translation>Ayna görüntülerini de öğren</translation>
    </message>
    <message>
        <source>Left and right exchanged</source>
        <translation>Sağı ile solu yer değiştirmiş</translation>
    </message>
    <message>
        <source>Learn cut-out copies too</source>
        <translation>Kırpılmış kopyaları da öğren</translation>
    </message>
    <message>
        <source>85 % of each side, anywhere in the image</source>
        <translation>Her kenarın %85’i, görüntünün herhangi bir yerinden</translation>
    </message>
    <message>
        <source>Learn darker and brighter copies too</source>
        <translation>Daha koyu ve daha açık kopyaları da öğren</translation>
    </message>
    <message>
        <source>By a third</source>
        <translation>Üçte bir oranında</translation>
    </message>
    <message>
        <source>Train again when images change</source>
        <translation>Görüntüler değişince yeniden eğit</translation>
    </message>
    <message>
        <source>The head goes on from where it stands, a moment after the last change</source>
        <translation>Sınıflandırıcının eğitimi, son değişiklikten kısa bir süre sonra kaldığı yerden sürer</translation>
    </message>
    <message>
        <source>Train from new weights</source>
        <translation>Yeni ağırlıklarla eğit</translation>
    </message>
    <message>
        <source>Forget what the head has learned, and begin anew</source>
        <translation>Sınıflandırıcının öğrendiklerini unutur ve baştan başlar</translation>
    </message>
    <message>
        <source>automatic</source>
        <translation>otomatik</translation>
    </message>
</context>
<context>
    <name>NetworkPanel</name>
    <message>
        <source>Network</source>
        <translation>Ağ</translation>
    </message>
    <message>
        <source>Microscope</source>
        <translation>Mikroskop</translation>
    </message>
    <message>
        <source>Every number of one training step ({key})</source>
        <translation>Bir eğitim adımının bütün sayıları ({key})</translation>
    </message>
    <message>
        <source>{layers}. Tab goes from unit to unit, Alt with an arrow key to the weights.</source>
        <translation>{layers}. Tab birimden birime, Alt ile ok tuşu ağırlıklara götürür.</translation>
    </message>
</context>
<context>
    <name>NetworkScene</name>
    <message>
        <source>pinned</source>
        <translation>sabit</translation>
    </message>
    <message>
        <source>input</source>
        <translation>girdi</translation>
    </message>
    <message>
        <source>selected</source>
        <translation>seçili</translation>
    </message>
</context>
<context>
    <name>NumberEdit</name>
    <message>
        <source>“{text}” is no number from {low} to {high}. It stays {value}.</source>
        <translation>“{text}”, {low} ile {high} arasında bir sayı değil. Değer {value} olarak kaldı.</translation>
    </message>
    <message>
        <source>“{text}” is no whole number from {low} to {high}. It stays {value}.</source>
        <translation>“{text}”, {low} ile {high} arasında bir tam sayı değil. Değer {value} olarak kaldı.</translation>
    </message>
</context>
<context>
    <name>ObjectsPanel</name>
    <message>
        <source>Hide what overlap dropped</source>
        <translation>Örtüşme yüzünden elenenleri gizle</translation>
    </message>
    <message>
        <source>Show dropped boxes</source>
        <translation>Elenenleri göster</translation>
    </message>
    <message>
        <source>{shown} of {all} shown</source>
        <translation>gösterilen {shown}/{all}</translation>
    </message>
    <message>
        <source>{name} {now} now, at most {most}, in 1 frame</source>
        <translation>{name}: şu an {now}; 1 karede en çok {most}</translation>
    </message>
    <message>
        <source>{name} {now} now, at most {most}, in {frames} frames</source>
        <translation>{name}: şu an {now}; {frames} karede en çok {most}</translation>
    </message>
    <message>
        <source>Open a picture: what is found in it is listed here.</source>
        <translation>Bir görüntü açın: İçinde bulunanlar burada listelenir.</translation>
    </message>
    <message>
        <source>No name holds “{text}”.</source>
        <translation>Hiçbir adda “{text}” geçmiyor.</translation>
    </message>
    <message>
        <source>Nothing reaches this score. Lower it to see weaker guesses.</source>
        <translation>Bu puana ulaşan bir şey yok. Daha zayıf tahminleri görmek için puanı düşürün.</translation>
    </message>
    <message>
        <source>{proposed} boxes proposed, {over} over the score, {dropped} dropped by overlap.</source>
        <translation>{proposed} kutu önerildi; {over:puan eşiğini aştı|hiçbiri puan eşiğini aşmadı}, {dropped:örtüşme yüzünden elendi|örtüşme yüzünden elenen olmadı}.</translation>
    </message>
    <message>
        <source>{proposed} boxes proposed. Of those over the score, only the best {over} are looked at; {dropped} dropped by overlap.</source>
        <translation>{proposed} kutu önerildi. Puan eşiğini aşanların yalnızca en iyi {over} incelendi, {dropped:örtüşme yüzünden elendi|örtüşme yüzünden elenen olmadı}.</translation>
    </message>
    <message>
        <source>Save crops into a folder</source>
        <translation>Kırpılanları bir klasöre kaydet</translation>
    </message>
    <message>
        <source>Objects</source>
        <translation>Nesneler</translation>
    </message>
    <message>
        <source>Score at least</source>
        <translation>En düşük puan</translation>
    </message>
    <message>
        <source>Overlap at most</source>
        <translation>En yüksek örtüşme</translation>
    </message>
    <message>
        <source>Save crops…</source>
        <translation>Kırpılanları kaydet…</translation>
    </message>
    <message>
        <source>Boxes with a lower score are not shown</source>
        <translation>Puanı bundan düşük kutular gösterilmez</translation>
    </message>
    <message>
        <source>Of two boxes of one name that overlap more, the better one stays</source>
        <translation>Aynı adlı iki kutu bundan çok örtüşürse puanı yüksek olan kalır</translation>
    </message>
    <message>
        <source>Filter by name</source>
        <translation>Ada göre süz</translation>
    </message>
    <message>
        <source>Write each object as a picture, into a folder of its name</source>
        <translation>Her nesneyi kendi adındaki klasöre görüntü olarak yaz</translation>
    </message>
    <message>
        <source>Save crops</source>
        <translation>Kırpılanları kaydet</translation>
    </message>
    <message>
        <source>Boxes of the same name that a better one covers</source>
        <translation>Aynı adlı daha iyi bir kutunun örttüğü kutular</translation>
    </message>
    <message>
        <source>Objects found, the best first</source>
        <translation>Bulunan nesneler, en iyisinden başlayarak</translation>
    </message>
    <message>
        <source>How many of each name</source>
        <translation>Her addan kaç tane olduğu</translation>
    </message>
</context>
<context>
    <name>OutputPanel</name>
    <message>
        <source>% of row: truth, by answer</source>
        <translation>satır: gerçek (%), sütun: yanıt</translation>
    </message>
    <message>
        <source>row: truth, column: answer</source>
        <translation>satır: gerçek, sütun: yanıt</translation>
    </message>
    <message>
        <source>test</source>
        <translation>test</translation>
    </message>
    <message>
        <source>Output</source>
        <translation>Çıktı</translation>
    </message>
    <message>
        <source>Unit {name}</source>
        <translation>{name} birimi</translation>
    </message>
    <message>
        <source>Show the margin</source>
        <translation>Güven payını göster</translation>
    </message>
    <message>
        <source>Show classes only</source>
        <translation>Yalnızca sınıfları göster</translation>
    </message>
    <message>
        <source>Show test rows</source>
        <translation>Test satırlarını göster</translation>
    </message>
    <message>
        <source>What the map shows</source>
        <translation>Haritada gösterilenler</translation>
    </message>
    <message>
        <source>Answers against targets</source>
        <translation>Hedeflere göre yanıtlar</translation>
    </message>
    <message>
        <source>Decision map</source>
        <translation>Karar haritası</translation>
    </message>
    <message>
        <source>Confusion matrix</source>
        <translation>Karışıklık matrisi</translation>
    </message>
</context>
<context>
    <name>OutsideData</name>
    <message>
        <source>Cancel</source>
        <translation>İptal</translation>
    </message>
    <message>
        <source>{link} (leads to {file})</source>
        <translation>{link} (gerçekte {file})</translation>
    </message>
    <message>
        <source>{name} wants to read {files}. Agree only if you, or somebody you trust, made it.</source>
        <translation>{name} şunları okumak istiyor: {files}. Yalnızca onu siz ya da güvendiğiniz biri hazırladıysa izin verin.</translation>
    </message>
    <message>
        <source>{files} and {n} more</source>
        <translation>{files} ve {n} yer daha</translation>
    </message>
    <message>
        <source>Read files outside its own folder?</source>
        <translation>Kendi klasörünün dışındaki dosyalar okunsun mu?</translation>
    </message>
    <message>
        <source>Read</source>
        <translation>Oku</translation>
    </message>
</context>
<context>
    <name>PerceptronCard</name>
    <message>
        <source>Can a perceptron do it?</source>
        <translation>Perceptron bunu çözebilir mi?</translation>
    </message>
    <message>
        <source>Yes</source>
        <translation>Evet</translation>
    </message>
    <message>
        <source>Nearly</source>
        <translation>Neredeyse</translation>
    </message>
    <message>
        <source>No</source>
        <translation>Hayır</translation>
    </message>
    <message>
        <source>Perceptron: yes</source>
        <translation>Perceptron: evet</translation>
    </message>
    <message>
        <source>Perceptron: nearly</source>
        <translation>Perceptron: neredeyse</translation>
    </message>
    <message>
        <source>Perceptron: no</source>
        <translation>Perceptron: hayır</translation>
    </message>
</context>
<context>
    <name>PictureViewer</name>
    <message>
        <source>Train the head first; then it says what it sees in an image.</source>
        <translation>Önce sınıflandırıcıyı eğitin; o zaman bir görüntüde ne gördüğünü söyler.</translation>
    </message>
    <message>
        <source>no class: the image alone</source>
        <translation>hiçbiri: yalnızca görüntü</translation>
    </message>
    <message>
        <source>the most probable class</source>
        <translation>en olası sınıf</translation>
    </message>
    <message>
        <source>{place} of {total}: {name}</source>
        <translation>Görüntü {place} / {total}: {name}</translation>
    </message>
    <message>
        <source>What the head says</source>
        <translation>Sınıflandırıcı ne diyor</translation>
    </message>
    <message>
        <source>Probability of each class</source>
        <translation>Her sınıfın olasılığı</translation>
    </message>
    <message>
        <source>Occlusion map for</source>
        <translation>Örtme haritası:</translation>
    </message>
    <message>
        <source>Class of the occlusion map</source>
        <translation>Örtme haritasının sınıfı</translation>
    </message>
    <message>
        <source>Hiding the bright part costs this class most</source>
        <translation>Bu sınıfın olasılığını en çok, parlak kısmın gizlenmesi düşürüyor</translation>
    </message>
    <message>
        <source>Previous image</source>
        <translation>Önceki görüntü</translation>
    </message>
    <message>
        <source>Next image</source>
        <translation>Sonraki görüntü</translation>
    </message>
    <message>
        <source>Move to</source>
        <translation>Taşı</translation>
    </message>
    <message>
        <source>Move the image to another class</source>
        <translation>Görüntüyü başka bir sınıfa taşı</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>Kaldır</translation>
    </message>
    <message>
        <source>Remove the image from its class; the file stays</source>
        <translation>Görüntüyü sınıfından kaldır; dosyası kalır</translation>
    </message>
</context>
<context>
    <name>PlaneChoice</name>
    <message>
        <source>The other inputs are held at the chosen row.</source>
        <translation>Diğer girdiler seçili satırın değerlerinde tutuluyor.</translation>
    </message>
    <message>
        <source>The other inputs are held at their mean.</source>
        <translation>Diğer girdiler ortalamalarında tutuluyor.</translation>
    </message>
    <message>
        <source>Map</source>
        <translation>Harita</translation>
    </message>
    <message>
        <source>Confusion</source>
        <translation>Karışıklık</translation>
    </message>
    <message>
        <source>Show the decision map</source>
        <translation>Karar haritasını göster</translation>
    </message>
    <message>
        <source>Fit</source>
        <translation>Uyum</translation>
    </message>
    <message>
        <source>Show the answers against the targets</source>
        <translation>Yanıtları hedeflere göre göster</translation>
    </message>
    <message>
        <source>Show the confusion matrix</source>
        <translation>Karışıklık matrisini göster</translation>
    </message>
    <message>
        <source>across</source>
        <translation>yatay</translation>
    </message>
    <message>
        <source>up</source>
        <translation>dikey</translation>
    </message>
    <message>
        <source>Input along the map</source>
        <translation>Haritanın yatay girdisi</translation>
    </message>
    <message>
        <source>Input up the map</source>
        <translation>Haritanın dikey girdisi</translation>
    </message>
    <message>
        <source>Output shown on the map</source>
        <translation>Haritada gösterilen çıktı</translation>
    </message>
</context>
<context>
    <name>PointTools</name>
    <message>
        <source>Add points of class {name}</source>
        <translation>{name} sınıfından nokta ekle</translation>
    </message>
    <message>
        <source>Click on the map to add a point of class {name}</source>
        <translation>{name} sınıfından nokta eklemek için haritaya tıklayın</translation>
    </message>
    <message>
        <source>Drag points</source>
        <translation>Noktaları sürükle</translation>
    </message>
    <message>
        <source>Drag a point to move it</source>
        <translation>Taşımak için bir noktayı sürükleyin</translation>
    </message>
    <message>
        <source>Erase points</source>
        <translation>Noktaları sil</translation>
    </message>
    <message>
        <source>Click a point to erase it</source>
        <translation>Silmek için bir noktaya tıklayın</translation>
    </message>
</context>
<context>
    <name>PredictCard</name>
    <message>
        <source>Prediction after the step</source>
        <translation>Adımdan sonraki tahmin</translation>
    </message>
    <message>
        <source>target {name}</source>
        <translation>hedef {name}</translation>
    </message>
</context>
<context>
    <name>Predictions</name>
    <message>
        <source>set</source>
        <translation>küme</translation>
    </message>
    <message>
        <source>{name} (target)</source>
        <translation>{name} (hedef)</translation>
    </message>
    <message>
        <source>{name} (output)</source>
        <translation>{name} (çıktı)</translation>
    </message>
    <message>
        <source>row</source>
        <translation>satır</translation>
    </message>
    <message>
        <source>test</source>
        <translation>test</translation>
    </message>
    <message>
        <source>prediction</source>
        <translation>tahmin</translation>
    </message>
    <message>
        <source>train</source>
        <translation>eğitim</translation>
    </message>
    <message>
        <source>target</source>
        <translation>hedef</translation>
    </message>
    <message>
        <source>undecided</source>
        <translation>kararsız</translation>
    </message>
</context>
<context>
    <name>Preflight</name>
    <message>
        <source>It is an {format} file of {megabytes} MB{opset}.</source>
        <translation>{megabytes} MB’lık bir {format} dosyası{opset}.</translation>
    </message>
    <message>
        <source>OpenCV lacks these operators: {operators}.</source>
        <translation>OpenCV’de şu işleçler yok: {operators}.</translation>
    </message>
    <message>
        <source>It takes {shape}.</source>
        <translation>Aldığı girdi: {shape}.</translation>
    </message>
    <message>
        <source>It runs on {engine}.</source>
        <translation>{engine} üzerinde çalışır.</translation>
    </message>
    <message>
        <source>Its description says that the scores are probabilities, but they do not lie between 0 and 1; softmax is applied to them.</source>
        <translation>Açıklamasına göre puanlar olasılıktır, ama 0 ile 1 arasında değiller; bu yüzden softmax uygulanır.</translation>
    </message>
    <message>
        <source>It runs on {engine}, because the new engine cannot: {reason}.</source>
        <translation>{engine} üzerinde çalışır, çünkü yeni motor çalıştıramıyor: {reason}.</translation>
    </message>
    <message>
        <source>Its description asks for softmax, but the scores are probabilities already; it is not applied again.</source>
        <translation>Açıklaması softmax istiyor, ama puanlar zaten olasılık; bir kez daha uygulanmaz.</translation>
    </message>
    <message>
        <source>There are no labels, and its {outputs} numbers are no probabilities. They are shown as those of numbered classes; if they are features or places, that means nothing.</source>
        <translation>Etiket yok ve verdiği {outputs} sayı olasılık değil. Numaralı sınıfların puanı olarak gösteriliyor; öznitelik ya da konum iseler bunun bir anlamı yok.</translation>
    </message>
    <message>
        <source>There are no labels; the classes are numbered.</source>
        <translation>Etiket yok; sınıflar numaralandırıldı.</translation>
    </message>
    <message>
        <source>It is {kind}: {reason}. Nothing here shows what it says. If it is something else, choose how its output is read.</source>
        <translation>Bu, {kind}: {reason}. Çıktısını burada gösterecek bir yer yok. Başka bir şeyse çıktısının nasıl okunacağını seçin.</translation>
    </message>
    <message>
        <source>It is {kind}: {reason}.</source>
        <translation>Bu, {kind}: {reason}.</translation>
    </message>
    <message>
        <source>It gives {outputs} scores in {forward_ms} ms.</source>
        <translation>{forward_ms} ms içinde {outputs} puan verir.</translation>
    </message>
    <message>
        <source>It takes {shape}, not a batch of one picture such as 1 x 3 x 224 x 224. Choose a model that takes one picture, or export it that way.</source>
        <translation>Aldığı girdi: {shape}; bu, 1 x 3 x 224 x 224 gibi tek görüntülük bir yığın değil. Tek görüntü alan bir model seçin ya da modeli öyle dışa aktarın.</translation>
    </message>
    <message>
        <source>It has {count} outputs; the scores are read from {name}, the others are not shown.</source>
        <translation>{count} çıktısı var; puanlar {name} çıktısından okunuyor, ötekiler gösterilmiyor.</translation>
    </message>
    <message>
        <source>It gives {boxes} boxes in {forward_ms} ms.</source>
        <translation>{forward_ms} ms içinde {boxes} kutu verir.</translation>
    </message>
    <message>
        <source>It gives a mask in {forward_ms} ms.</source>
        <translation>{forward_ms} ms içinde bir maske verir.</translation>
    </message>
    <message>
        <source>There is a label for each of the {outputs} scores.</source>
        <translation>{outputs} puanın her biri için bir etiket var.</translation>
    </message>
    <message>
        <source>There are no labels; the {outputs} classes are numbered.</source>
        <translation>Etiket yok; {outputs} sınıf numaralandırıldı.</translation>
    </message>
    <message>
        <source>The scores are probabilities already.</source>
        <translation>Puanlar zaten olasılık.</translation>
    </message>
    <message>
        <source>The scores are logits; softmax is applied to them.</source>
        <translation>Puanlar logit; softmax uygulanıyor.</translation>
    </message>
    <message>
        <source>Its description says how to prepare pictures: {settings}.</source>
        <translation>Görüntülerin nasıl hazırlanacağı tanımında yazıyor: {settings}.</translation>
    </message>
    <message>
        <source>How to prepare pictures is a guess. Check it in the blob X-ray.</source>
        <translation>Görüntülerin nasıl hazırlanacağı tahmin edildi. Blob röntgeninde denetleyin.</translation>
    </message>
</context>
<context>
    <name>PreviewPanel</name>
    <message>
        <source>not sure</source>
        <translation>emin değil</translation>
    </message>
    <message>
        <source>{time} ms</source>
        <translation>{time} ms</translation>
    </message>
    <message>
        <source>{rate} fps · {time} ms</source>
        <translation>{rate} kare/sn · {time} ms</translation>
    </message>
    <message>
        <source>Live preview</source>
        <translation>Canlı önizleme</translation>
    </message>
    <message>
        <source>Preview: the picture and what the head says of it</source>
        <translation>Önizleme: görüntü ve sınıflandırıcının yanıtı</translation>
    </message>
    <message>
        <source>Probability of each class</source>
        <translation>Her sınıfın olasılığı</translation>
    </message>
    <message>
        <source>Start the camera</source>
        <translation>Kamerayı başlat</translation>
    </message>
    <message>
        <source>Show what the head says of the camera&apos;s pictures</source>
        <translation>Sınıflandırıcının kameradaki görüntüler için ne dediğini gösterir</translation>
    </message>
    <message>
        <source>Source</source>
        <translation>Kaynak</translation>
    </message>
    <message>
        <source>Source of the preview: {name}</source>
        <translation>Önizlemenin kaynağı: {name}</translation>
    </message>
    <message>
        <source>A camera, an image, a video or a network stream</source>
        <translation>Bir kamera, görüntü, video ya da ağ akışı</translation>
    </message>
    <message>
        <source>Glassnet keeps trying.</source>
        <translation>Glassnet denemeyi sürdürüyor.</translation>
    </message>
    <message>
        <source>Try the head on a camera, or drop an image here.</source>
        <translation>Sınıflandırıcıyı kamerada deneyin ya da buraya bir görüntü bırakın.</translation>
    </message>
    <message>
        <source>Waiting for {name}.</source>
        <translation>{name} bekleniyor.</translation>
    </message>
    <message>
        <source>Below {share} it says “not sure”: set by hand under More.</source>
        <translation>Sınıflandırıcı, olasılık {share} eşiğinin altındaysa “emin değil” der; bu eşik “Diğer” altında elle seçildi.</translation>
    </message>
    <message>
        <source>Below {share} it says “not sure”; there are too few right answers on held-out images to read it off.</source>
        <translation>Sınıflandırıcı, olasılık {share} eşiğinin altındaysa “emin değil” der; ayrılan görüntülerdeki doğru yanıtlar eşiği belirlemeye yetmeyecek kadar az.</translation>
    </message>
    <message>
        <source>Below {share} it says “not sure”: {kept} of {right} right answers on held-out images pass, and the wrong one too.</source>
        <translation>Sınıflandırıcı, olasılık {share} eşiğinin altındaysa “emin değil” der; ayrılan görüntülerdeki {right} doğru yanıtın {kept} bu eşiği aşıyor, yanlış olan da aşıyor.</translation>
    </message>
    <message>
        <source>Below {share} it says “not sure”: {kept} of {right} right answers on held-out images pass, the wrong one does not.</source>
        <translation>Sınıflandırıcı, olasılık {share} eşiğinin altındaysa “emin değil” der; ayrılan görüntülerdeki {right} doğru yanıtın {kept} bu eşiği aşıyor, yanlış olan aşmıyor.</translation>
    </message>
    <message>
        <source>Below {share} it says “not sure”: {kept} of {right} right answers on held-out images pass, and {passed} of {wrong} wrong ones.</source>
        <translation>Sınıflandırıcı, olasılık {share} eşiğinin altındaysa “emin değil” der; ayrılan görüntülerdeki {right} doğru yanıtın {kept} bu eşiği aşıyor, {wrong} yanlışın {passed:aşıyor|hiçbiri aşmıyor}.</translation>
    </message>
    <message>
        <source>Below {share} it says “not sure”: {kept} of {right} right answers on held-out images pass.</source>
        <translation>Sınıflandırıcı, olasılık {share} eşiğinin altındaysa “emin değil” der; ayrılan görüntülerdeki {right} doğru yanıtın {kept} bu eşiği aşıyor.</translation>
    </message>
    <message>
        <source>Dropped image</source>
        <translation>Bırakılan görüntü</translation>
    </message>
    <message>
        <source>It rests on {right} images only: more held-out ones would make it surer.</source>
        <translation>Bu eşik yalnızca {right} görüntüye dayanıyor; ayrılan görüntü sayısı arttıkça eşik daha güvenilir olur.</translation>
    </message>
</context>
<context>
    <name>Probe</name>
    <message>
        <source>Value of {name}</source>
        <translation>{name} değeri</translation>
    </message>
    <message>
        <source>Type a number in every field.</source>
        <translation>Her alana bir sayı yazın.</translation>
    </message>
    <message>
        <source>Try values</source>
        <translation>Değer dene</translation>
    </message>
    <message>
        <source>Type inputs and read the outputs</source>
        <translation>Girdileri yazın, çıktıları okuyun</translation>
    </message>
    <message>
        <source>undecided</source>
        <translation>kararsız</translation>
    </message>
</context>
<context>
    <name>ProgressStrip</name>
    <message>
        <source>Reading the data: {share}</source>
        <translation>Veriler okunuyor: {share}</translation>
    </message>
    <message>
        <source>The data are not read.</source>
        <translation>Veriler okunmadı.</translation>
    </message>
    <message>
        <source>Going back to epoch {n}</source>
        <translation>{n}. epoka dönülüyor</translation>
    </message>
    <message>
        <source>Preparing the training</source>
        <translation>Eğitim hazırlanıyor</translation>
    </message>
    <message>
        <source>Read them again</source>
        <translation>Yeniden oku</translation>
    </message>
    <message>
        <source>Read the data again</source>
        <translation>Verileri yeniden oku</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>İptal</translation>
    </message>
    <message>
        <source>Cancel what is waited for</source>
        <translation>Beklenen işi iptal et</translation>
    </message>
    <message>
        <source>How far it has come</source>
        <translation>Ne kadarının bittiği</translation>
    </message>
</context>
<context>
    <name>ProjectFiles</name>
    <message>
        <source>Open project</source>
        <translation>Proje aç</translation>
    </message>
    <message>
        <source>Save project</source>
        <translation>Projeyi kaydet</translation>
    </message>
    <message>
        <source>Glassnet projects</source>
        <translation>Glassnet projeleri</translation>
    </message>
    <message>
        <source>Save the classes of Teach?</source>
        <translation>Öğret’teki sınıflar kaydedilsin mi?</translation>
    </message>
</context>
<context>
    <name>Prose</name>
    <message>
        <source>yes</source>
        <translation>evet</translation>
    </message>
    <message>
        <source>no</source>
        <translation>hayır</translation>
    </message>
</context>
<context>
    <name>QFileDialog</name>
    <message>
        <source>&amp;Look in:</source>
        <translation>K&amp;onum:</translation>
    </message>
    <message>
        <source>Files of &amp;type:</source>
        <translation>Dosya &amp;türü:</translation>
    </message>
</context>
<context>
    <name>QShortcut</name>
    <message>
        <source>Ctrl</source>
        <translation>Ctrl</translation>
    </message>
    <message>
        <source>End</source>
        <translation>End</translation>
    </message>
    <message>
        <source>Esc</source>
        <translation>Esc</translation>
    </message>
    <message>
        <source>Home</source>
        <translation>Home</translation>
    </message>
    <message>
        <source>Shift</source>
        <translation>Shift</translation>
    </message>
    <message>
        <source>Alt</source>
        <translation>Alt</translation>
    </message>
</context>
<context>
    <name>QuestionCard</name>
    <message>
        <source>Predict before you try</source>
        <translation>Denemeden önce tahmin edin</translation>
    </message>
    <message>
        <source>It is: {choice}</source>
        <translation>Doğrusu: {choice}</translation>
    </message>
    <message>
        <source>As you predicted: {choice}</source>
        <translation>Tahmin ettiğiniz gibi: {choice}</translation>
    </message>
</context>
<context>
    <name>RecipeStrip</name>
    <message>
        <source>Slopes are taken at the activated value, f′(f(z)) for f′(z): a mistake of published code, made on purpose. It can be switched off under More.</source>
        <translation>Eğimler aktivasyonun değerinde, f′(z) yerine f′(f(z)) olarak hesaplanıyor: Bu, yayımlanmış koddaki hatadır, burada bilerek yapılır. “Diğer” altında kapatılabilir.</translation>
    </message>
    <message>
        <source>The article</source>
        <translation>Makale</translation>
    </message>
    <message>
        <source>{title}, in the browser</source>
        <translation>{title}, tarayıcıda</translation>
    </message>
    <message>
        <source>Rate {rate} of the sum over {rows} rows: {mean} of their mean.</source>
        <translation>{rows} satırın toplamına göre {rate} olan öğrenme oranı, ortalamaya göre {mean} eder.</translation>
    </message>
    <message>
        <source>Corrected: slope s′(z), as the chain rule asks; first weights, rate and {n} full batches are the article’s.</source>
        <translation>Düzeltilmiş: Eğim, zincir kuralının istediği gibi s′(z) olarak alınır; ilk ağırlıklar, oran ve {n} tam yığın makaledeki gibidir.</translation>
    </message>
    <message>
        <source>It prints the sum of the errors, {sum}, in which signs cancel; mean square {mean}.</source>
        <translation>Kod, hataların toplamını yazdırır: {sum}. Bunda işaretler birbirini götürür; karelerin ortalaması {mean}.</translation>
    </message>
    <message>
        <source>Without a bias a row of zeros is answered by {half} for ever.</source>
        <translation>Sapma (bias) olmadan sıfırlardan oluşan satırın yanıtı hep {half} kalır.</translation>
    </message>
    <message>
        <source>Row {second} contradicts row {first}; the article’s table has it begin with 1: mend it in the table.</source>
        <translation>{second}. satır {first}. satırla çelişiyor; makalenin tablosunda 1 ile başlar: Tabloda düzeltin.</translation>
    </message>
    <message>
        <source>Weights by hand as published, w = {w}. Near the axes it fails: at ({near}, {near}) the article’s output 2a − 1 is {value}, where 1 is wanted. Here 1 stands for other signs, so the last unit’s weights are turned round.</source>
        <translation>Ağırlıklar yayımlandığı gibi elle verildi, w = {w}. Eksenlerin yakınında başarısız olur: ({near}; {near}) noktasında makalenin çıktısı 2a − 1 = {value}, istenen 1. Burada 1, işaretler farklı demektir; bu yüzden son birimin ağırlıkları ters işaretli.</translation>
    </message>
    <message>
        <source>The same by hand, ten times as steep, w = {w}: at ({near}, {near}) the article’s 2a − 1 is {value}. It still fails, only nearer to the axes.</source>
        <translation>Aynı ağırlıklar elle on katına çıkarıldı, w = {w}: ({near}; {near}) noktasında makalenin 2a − 1 değeri {value}. Yine başarısız olur, ama eksenlere daha yakın yerlerde.</translation>
    </message>
    <message>
        <source>As published: slopes at the activated value, first weights divided by He’s factor, one pass, one row a step.</source>
        <translation>Yayımlandığı gibi: Eğimler aktivasyonun değerinde hesaplanır, ilk ağırlıklar He katsayısına bölünür; tek geçiş yapılır, her adımda bir satır kullanılır.</translation>
    </message>
    <message>
        <source>Corrected: slopes at z, first weights times He’s factor, scaled inputs, {epochs} epochs; loss and split are the article’s.</source>
        <translation>Düzeltilmiş: Eğimler z’de hesaplanır, ilk ağırlıklar He katsayısıyla çarpılır, girdiler ölçeklenir; {epochs} epok eğitilir. Kayıp ve bölme makaledeki gibidir.</translation>
    </message>
    <message>
        <source>Its {people} rows are not ours to pass on: these are the public counts; open its file as your own CSV.</source>
        <translation>Makalenin {people} satırını dağıtma hakkımız yok. Buradakiler herkese açık sayımlardır; makalenin dosyasını kendi CSV’niz olarak açabilirsiniz.</translation>
    </message>
    <message>
        <source>“Every woman survived” alone is right for {share} of the test rows.</source>
        <translation>Tek başına “bütün kadınlar kurtuldu” yanıtının test satırlarındaki doğruluğu {share}.</translation>
    </message>
    <message>
        <source>As published: slope s′(s(z)) in place of s′(z); it never falls below {least}, however sure the unit is. So it steps further and its loss may end lower, but it is not the slope of the loss.</source>
        <translation>Yayımlandığı gibi: Eğim, s′(z) yerine s′(s(z)) olarak alınır; birim ne kadar emin olursa olsun {least} değerinin altına inmez. Bu yüzden adımları daha büyüktür ve kaybı daha düşük bitebilir; ama bu, kaybın eğimi değildir.</translation>
    </message>
</context>
<context>
    <name>RecordingMenu</name>
    <message>
        <source>Network address…</source>
        <translation>Ağ adresi…</translation>
    </message>
    <message>
        <source>{n} images a second</source>
        <translation>Saniyede {n} görüntü</translation>
    </message>
    <message>
        <source>1 image a second</source>
        <translation>Saniyede 1 görüntü</translation>
    </message>
    <message>
        <source>As a mirror shows it</source>
        <translation>Ayna görüntüsü</translation>
    </message>
    <message>
        <source>Forget the features kept on disk ({size})</source>
        <translation>Diskte tutulan öznitelikleri sil ({size})</translation>
    </message>
</context>
<context>
    <name>RecoveryOffer</name>
    <message>
        <source>Glassnet ended before your work was saved.</source>
        <translation>Glassnet, çalışmanız kaydedilmeden kapandı.</translation>
    </message>
    <message>
        <source>Recover {name} as it was in its last seconds?</source>
        <translation>{name} son hâliyle geri yüklensin mi?</translation>
    </message>
    <message>
        <source>Recover the unsaved work as it was in its last seconds?</source>
        <translation>Kaydedilmemiş çalışma son hâliyle geri yüklensin mi?</translation>
    </message>
    <message>
        <source>Recover</source>
        <translation>Kurtar</translation>
    </message>
    <message>
        <source>Discard</source>
        <translation>Sil</translation>
    </message>
    <message>
        <source>Not now</source>
        <translation>Şimdi değil</translation>
    </message>
</context>
<context>
    <name>Remedy</name>
    <message>
        <source>Stop without a margin</source>
        <translation>Güven payı kuralını kapat</translation>
    </message>
    <message>
        <source>Use the squared loss</source>
        <translation>Karesel hatayı kullan</translation>
    </message>
    <message>
        <source>Give it {n} inputs</source>
        <translation>Girdi sayısını {n} yap</translation>
    </message>
    <message>
        <source>Give it {n} output units</source>
        <translation>Çıktı birimi sayısını {n} yap</translation>
    </message>
    <message>
        <source>Use a sigmoid in layer {n}</source>
        <translation>{n}. katmanda sigmoid kullan</translation>
    </message>
    <message>
        <source>Drop no output units</source>
        <translation>Çıktı katmanında seyreltmeyi kapat</translation>
    </message>
    <message>
        <source>Make it one layer of step units</source>
        <translation>Basamak birimli tek katmana indir</translation>
    </message>
    <message>
        <source>Start anew at a lower rate</source>
        <translation>Daha düşük oranla baştan başla</translation>
    </message>
</context>
<context>
    <name>ResultPanel</name>
    <message>
        <source>Held-out accuracy</source>
        <translation>Ayrılan görüntülerde
doğruluk</translation>
    </message>
    <message>
        <source>train</source>
        <translation>eğitim</translation>
    </message>
    <message>
        <source>validation</source>
        <translation>doğrulama</translation>
    </message>
    <message>
        <source>Accuracy</source>
        <translation>Doğruluk</translation>
    </message>
    <message>
        <source>More data?</source>
        <translation>Daha çok veri?</translation>
    </message>
    <message>
        <source>Loss</source>
        <translation>Kayıp</translation>
    </message>
    <message>
        <source>Share of images that are right, by epoch</source>
        <translation>Epoklara göre doğru görüntülerin payı</translation>
    </message>
    <message>
        <source>Learning curve: does more data help?</source>
        <translation>Öğrenme eğrisi: Daha çok veri işe yarar mı?</translation>
    </message>
    <message>
        <source>Accuracy or learning curve</source>
        <translation>Doğruluk ya da öğrenme eğrisi</translation>
    </message>
    <message>
        <source>Measure</source>
        <translation>Ölç</translation>
    </message>
    <message>
        <source>Measure the learning curve</source>
        <translation>Öğrenme eğrisini ölç</translation>
    </message>
    <message>
        <source>Train new heads on an eighth, a quarter, half and all of the images</source>
        <translation>Görüntülerin sekizde biri, dörtte biri, yarısı ve tümüyle yeni sınıflandırıcılar eğitir</translation>
    </message>
    <message>
        <source>Accuracy by epoch</source>
        <translation>Epoklara göre doğruluk</translation>
    </message>
    <message>
        <source>Loss by epoch</source>
        <translation>Epoklara göre kayıp</translation>
    </message>
    <message>
        <source>Learning curve</source>
        <translation>Öğrenme eğrisi</translation>
    </message>
    <message>
        <source>The head is being trained.</source>
        <translation>Sınıflandırıcı eğitiliyor.</translation>
    </message>
    <message>
        <source>No image is held out, so nothing tells how good the head is on new ones.</source>
        <translation>Doğrulama için görüntü ayrılmadı; sınıflandırıcının yeni görüntülerde ne kadar iyi olduğu bilinmiyor.</translation>
    </message>
    <message>
        <source>Add at least 2 classes, give each its images, then train the head.</source>
        <translation>En az 2 sınıf oluşturun, her birine görüntü ekleyin, sonra sınıflandırıcıyı eğitin.</translation>
    </message>
    <message>
        <source>Let at least 2 classes take part, then train the head.</source>
        <translation>En az 2 sınıfı eğitime katın, ardından sınıflandırıcıyı eğitin.</translation>
    </message>
    <message>
        <source>Train the head to see how many of the held-out images it gets right.</source>
        <translation>Ayrılan görüntülerin kaçını doğru bildiğini görmek için sınıflandırıcıyı eğitin.</translation>
    </message>
    <message>
        <source>{share} interval: {low} to {high}. Baseline, always the largest class: {baseline}.</source>
        <translation>{share} güven aralığı: {low}–{high}. Taban çizgisi (hep en büyük sınıf söylenseydi): {baseline}.</translation>
    </message>
    <message>
        <source>From {few} to {many} images it gained {points} points: more may help.</source>
        <translation>{few} görüntüden {many} görüntüye çıkınca doğruluk {points} puan arttı: Daha çok görüntü işe yarayabilir.</translation>
    </message>
    <message>
        <source>From {few} to {many} images it changed by {points} points: more of the same will hardly help.</source>
        <translation>{few} görüntüden {many} görüntüye çıkınca doğruluk {points} puan değişti: Aynı türden yeni görüntüler pek işe yaramaz.</translation>
    </message>
    <message>
        <source>Classes or settings have changed since: train again.</source>
        <translation>Sınıflar ya da ayarlar o zamandan beri değişti: Yeniden eğitin.</translation>
    </message>
    <message>
        <source>Trained in {time} s on this computer, without internet.</source>
        <translation>Bu bilgisayarda, internet olmadan {time} sn içinde eğitildi.</translation>
    </message>
    <message>
        <source>Training new heads on ever more of the images…</source>
        <translation>Giderek daha çok görüntüyle yeni sınıflandırıcılar eğitiliyor…</translation>
    </message>
    <message>
        <source>Train the head first.</source>
        <translation>Önce sınıflandırıcıyı eğitin.</translation>
    </message>
    <message>
        <source>Does more data help? Measure it on ever more of the images.</source>
        <translation>Daha çok veri işe yarar mı? Giderek daha çok görüntüyle ölçün.</translation>
    </message>
    <message>
        <source>Nearly the same as a training image: {n} of them.</source>
        <translation>Bir eğitim görüntüsüyle neredeyse aynı olanların sayısı: {n}.</translation>
    </message>
</context>
<context>
    <name>RoundingBar</name>
    <message>
        <source>Pause the training to round.</source>
        <translation>Yuvarlamak için eğitimi duraklatın.</translation>
    </message>
    <message>
        <source>Rounding waits for the rows.</source>
        <translation>Yuvarlama için satırlar bekleniyor.</translation>
    </message>
    <message>
        <source>Too large to try every rounding.</source>
        <translation>Ağ, bütün yuvarlamaları denemek için çok büyük.</translation>
    </message>
    <message>
        <source>Trying every rounding…</source>
        <translation>Bütün yuvarlamalar deneniyor…</translation>
    </message>
    <message>
        <source>Every rounding loses an answer.</source>
        <translation>Her yuvarlama en az bir yanıtı bozuyor.</translation>
    </message>
    <message>
        <source>{steps} keep an R² of {now}, exact {before}.</source>
        <translation>{steps}: R² {now}; tam değerle {before}.</translation>
    </message>
    <message>
        <source>{steps} still pass all {n} rows.</source>
        <translation>{steps}: {n} satırın hepsi hâlâ doğru.</translation>
    </message>
    <message>
        <source>{steps} still pass {right} of {n} rows.</source>
        <translation>{steps}: {n} satırın {right:hâlâ doğru|hiçbiri doğru değil}.</translation>
    </message>
    <message>
        <source>{steps} even pass {right} of {n} rows.</source>
        <translation>{steps}: Artık {n} satırın {right} doğru.</translation>
    </message>
    <message>
        <source>{steps} reach an R² of {now}, exact {before}.</source>
        <translation>{steps}: R² {now}; tam değerle {before}.</translation>
    </message>
    <message>
        <source>{steps} pass {right} of {n} rows, exact {before}.</source>
        <translation>{steps}: {n} satırın {right:doğru|hiçbiri doğru değil}; tam değerle {before}.</translation>
    </message>
    <message>
        <source>{steps} pass {right} of {n} rows: {rows} not.</source>
        <translation>{steps}: {n} satırın {right:doğru|hiçbiri doğru değil}; yanlış: {rows}.</translation>
    </message>
    <message>
        <source>These rows have no R² by which a rounding could be judged.</source>
        <translation>Bu satırların, yuvarlamanın ölçülebileceği bir R² değeri yok.</translation>
    </message>
    <message>
        <source>Every rounding loses more than {share} of R².</source>
        <translation>Her yuvarlamada R² kaybı {share} sınırını aşıyor.</translation>
    </message>
    <message>
        <source>{steps} still pass the only row.</source>
        <translation>{steps}: Tek satır hâlâ doğru.</translation>
    </message>
    <message>
        <source>{steps} even pass the only row.</source>
        <translation>{steps}: Artık tek satır da doğru.</translation>
    </message>
    <message>
        <source>{steps} even pass all {n} rows.</source>
        <translation>{steps}: Artık {n} satırın hepsi doğru.</translation>
    </message>
    <message>
        <source>{steps} still pass {right} of {n} rows, but lose training rows.</source>
        <translation>{steps}: {n} satırın {right:hâlâ doğru|hiçbiri doğru değil}, ama eğitim satırlarında bozulan var.</translation>
    </message>
    <message>
        <source>{steps} pass {right} of {n} rows, but lose {lost} of those that were right.</source>
        <translation>{steps}: {n} satırın {right} doğru, ama önceden doğru olan {lost} satır bozuldu.</translation>
    </message>
    <message>
        <source>Exact</source>
        <translation>Tam değer</translation>
    </message>
    <message>
        <source>Hundredths</source>
        <translation>1/100’ün katları</translation>
    </message>
    <message>
        <source>Fiftieths</source>
        <translation>1/50’nin katları</translation>
    </message>
    <message>
        <source>Twentieths</source>
        <translation>1/20’nin katları</translation>
    </message>
    <message>
        <source>Tenths</source>
        <translation>1/10’un katları</translation>
    </message>
    <message>
        <source>Eighths</source>
        <translation>1/8’in katları</translation>
    </message>
    <message>
        <source>Fifths</source>
        <translation>1/5’in katları</translation>
    </message>
    <message>
        <source>Quarters</source>
        <translation>1/4’ün katları</translation>
    </message>
    <message>
        <source>Thirds</source>
        <translation>1/3’ün katları</translation>
    </message>
    <message>
        <source>Halves</source>
        <translation>1/2’nin katları</translation>
    </message>
    <message>
        <source>Integers</source>
        <translation>Tam sayılar</translation>
    </message>
    <message>
        <source>Twos</source>
        <translation>2’nin katları</translation>
    </message>
    <message>
        <source>Fives</source>
        <translation>5’in katları</translation>
    </message>
    <message>
        <source>Tens</source>
        <translation>10’un katları</translation>
    </message>
    <message>
        <source>Round the weights: {steps}</source>
        <translation>Ağırlıkları yuvarla: {steps}</translation>
    </message>
    <message>
        <source>Rounding</source>
        <translation>Yuvarlama</translation>
    </message>
    <message>
        <source>Keep</source>
        <translation>Uygula</translation>
    </message>
    <message>
        <source>Coarseness of the weights</source>
        <translation>Ağırlıkların yuvarlama adımı</translation>
    </message>
    <message>
        <source>Round every weight that is not pinned. A dot: no answer is lost; a cross: one is; the triangle: the coarsest that loses none. Esc goes back to the exact weights.</source>
        <translation>Sabitlenmemiş her ağırlığı yuvarlar. Nokta: Hiçbir yanıt bozulmaz. Çarpı: En az bir yanıt bozulur. Üçgen: hiçbir yanıtı bozmayan en kaba adım. Esc tam değerlere döner.</translation>
    </message>
    <message>
        <source>Keep the rounded weights</source>
        <translation>Yuvarlanan ağırlıkları uygula</translation>
    </message>
    <message>
        <source>Make the rounded weights the network’s</source>
        <translation>Yuvarlanan değerleri ağın ağırlıkları yapar</translation>
    </message>
    <message>
        <source>No row is right yet that a rounding could lose.</source>
        <translation>Henüz doğru satır yok; yuvarlamanın bozacağı bir şey de yok.</translation>
    </message>
</context>
<context>
    <name>RowChooser</name>
    <message>
        <source>No row</source>
        <translation>Satır yok</translation>
    </message>
    <message>
        <source> · target {target}</source>
        <translation> · hedef {target}</translation>
    </message>
    <message>
        <source>Row </source>
        <translation>Satır </translation>
    </message>
    <message>
        <source>Row</source>
        <translation>Satır</translation>
    </message>
    <message>
        <source>Choose the row that is followed</source>
        <translation>İzlenen satırı seçin</translation>
    </message>
</context>
<context>
    <name>RunTable</name>
    <message>
        <source>Run</source>
        <translation>Çalıştırma</translation>
    </message>
    <message>
        <source>Epochs</source>
        <translation>Epok</translation>
    </message>
    <message>
        <source>Train loss</source>
        <translation>Eğitim kaybı</translation>
    </message>
    <message>
        <source>Test loss</source>
        <translation>Test kaybı</translation>
    </message>
    <message>
        <source>Accuracy</source>
        <translation>Doğruluk</translation>
    </message>
    <message>
        <source>Test accuracy</source>
        <translation>Test doğruluğu</translation>
    </message>
    <message>
        <source>Data</source>
        <translation>Veri</translation>
    </message>
    <message>
        <source>Seed</source>
        <translation>Tohum</translation>
    </message>
    <message>
        <source>Layers</source>
        <translation>Katmanlar</translation>
    </message>
    <message>
        <source>Activation</source>
        <translation>Aktivasyon</translation>
    </message>
    <message>
        <source>Optimiser</source>
        <translation>Eniyileyici</translation>
    </message>
    <message>
        <source>Rate</source>
        <translation>Oran</translation>
    </message>
    <message>
        <source>Batch</source>
        <translation>Yığın (batch)</translation>
    </message>
    <message>
        <source>Loss</source>
        <translation>Kayıp</translation>
    </message>
    <message>
        <source>A tick draws the run’s line; a double click on its name changes it.</source>
        <translation>İşaretlenen çalıştırmanın çizgisi gösterilir; adını değiştirmek için ada çift tıklayın.</translation>
    </message>
    <message>
        <source>Share of the training rows that are right</source>
        <translation>Eğitim satırlarından doğru yanıtlananların payı</translation>
    </message>
    <message>
        <source>Share of the test rows that are right</source>
        <translation>Test satırlarından doğru yanıtlananların payı</translation>
    </message>
    <message>
        <source>this run</source>
        <translation>bu çalıştırma</translation>
    </message>
    <message>
        <source>Full</source>
        <translation>Tam</translation>
    </message>
    <message>
        <source>Runs</source>
        <translation>Çalıştırmalar</translation>
    </message>
    <message>
        <source>Runs and their settings</source>
        <translation>Çalıştırmalar ve ayarları</translation>
    </message>
</context>
<context>
    <name>SampleGrid</name>
    <message>
        <source>row {row}: {class_name}</source>
        <translation>{row}. satır: {class_name}</translation>
    </message>
    <message>
        <source>row {row}: {class_name}, undecided</source>
        <translation>{row}. satır: {class_name}, kararsız</translation>
    </message>
    <message>
        <source>row {row}: {class_name}, answered rightly</source>
        <translation>{row}. satır: {class_name}, doğru yanıtlandı</translation>
    </message>
    <message>
        <source>row {row}: {class_name}, taken for {answer}</source>
        <translation>{row}. satır: {class_name}, {answer} sanıldı</translation>
    </message>
</context>
<context>
    <name>Samples</name>
    <message>
        <source>Row {n}: {truth} → {answer}</source>
        <translation>Satır {n}: {truth} → {answer}</translation>
    </message>
    <message>
        <source>Samples</source>
        <translation>Örnekler</translation>
    </message>
    <message>
        <source>Rows</source>
        <translation>Satırlar</translation>
    </message>
    <message>
        <source>target → guess</source>
        <translation>hedef → tahmin</translation>
    </message>
    <message>
        <source>Show all</source>
        <translation>Tümünü göster</translation>
    </message>
    <message>
        <source>Show all rows again</source>
        <translation>Yeniden bütün satırları göster</translation>
    </message>
    <message>
        <source>Wrong rows</source>
        <translation>Yanlış satırlar</translation>
    </message>
    <message>
        <source>Choose one to see its values everywhere</source>
        <translation>Değerlerini her yerde görmek için birini seçin</translation>
    </message>
    <message>
        <source>Rows of each class</source>
        <translation>Her sınıftan satır sayısı</translation>
    </message>
    <message>
        <source>Scaling</source>
        <translation>Ölçekleme</translation>
    </message>
    <message>
        <source>None</source>
        <translation>Yok</translation>
    </message>
    <message>
        <source>Mean 0, deviation 1</source>
        <translation>Ort. 0, std. sapma 1</translation>
    </message>
    <message>
        <source>0 to 1</source>
        <translation>0 ile 1 arası</translation>
    </message>
    <message>
        <source>How the columns are scaled</source>
        <translation>Sütunların nasıl ölçeklendiği</translation>
    </message>
    <message>
        <source>Click one to see its values everywhere</source>
        <translation>Değerlerini her yerde görmek için birine tıklayın</translation>
    </message>
    <message>
        <source>survived of</source>
        <translation>kurtulan</translation>
    </message>
    <message>
        <source>class {n}</source>
        <translation>{n}. sınıf</translation>
    </message>
    <message>
        <source>women</source>
        <translation>kadınlar</translation>
    </message>
    <message>
        <source>men</source>
        <translation>erkekler</translation>
    </message>
    <message>
        <source>How many survived, by class and sex</source>
        <translation>Sınıfa ve cinsiyete göre kurtulanlar</translation>
    </message>
    <message>
        <source>1 wrong row</source>
        <translation>1 yanlış satır</translation>
    </message>
    <message>
        <source>{n} wrong rows</source>
        <translation>{n} yanlış satır</translation>
    </message>
    <message>
        <source>1 wrong test row</source>
        <translation>1 yanlış test satırı</translation>
    </message>
    <message>
        <source>{n} wrong test rows</source>
        <translation>{n} yanlış test satırı</translation>
    </message>
    <message>
        <source>undecided</source>
        <translation>kararsız</translation>
    </message>
    <message>
        <source>{n} rows</source>
        <translation>{n} satır</translation>
    </message>
    <message>
        <source>{n} inputs</source>
        <translation>{n} girdi</translation>
    </message>
    <message>
        <source>1 row</source>
        <translation>1 satır</translation>
    </message>
    <message>
        <source>{rows}, {inputs}: {names}</source>
        <translation>{rows}, {inputs}: {names}</translation>
    </message>
    <message>
        <source>1 input</source>
        <translation>1 girdi</translation>
    </message>
</context>
<context>
    <name>ScoreRow</name>
    <message>
        <source>Show all</source>
        <translation>Tümünü göster</translation>
    </message>
    <message>
        <source>Show them</source>
        <translation>Göster</translation>
    </message>
    <message>
        <source>1 mistake</source>
        <translation>1 yanlış</translation>
    </message>
    <message>
        <source>{n} mistakes</source>
        <translation>{n} yanlış</translation>
    </message>
    <message>
        <source>Show all rows again in the data panel</source>
        <translation>Veri panelinde yeniden bütün satırları göster</translation>
    </message>
    <message>
        <source>Show only the wrong rows in the data panel</source>
        <translation>Veri panelinde yalnızca yanlış satırları göster</translation>
    </message>
    <message>
        <source>train</source>
        <translation>eğitim</translation>
    </message>
    <message>
        <source>test</source>
        <translation>test</translation>
    </message>
    <message>
        <source>{n} rows</source>
        <translation>{n} satır</translation>
    </message>
    <message>
        <source>1 row</source>
        <translation>1 satır</translation>
    </message>
    <message>
        <source>RMSE {n}</source>
        <translation>RMSE {n}</translation>
    </message>
    <message>
        <source>The mean alone reaches {n}.</source>
        <translation>Taban çizgisi: {n}.</translation>
    </message>
    <message>
        <source>The most common class alone: {n}.</source>
        <translation>Taban çizgisi: {n}.</translation>
    </message>
    <message>
        <source>Train R²</source>
        <translation>Eğitim R²</translation>
    </message>
    <message>
        <source>Train accuracy</source>
        <translation>Eğitim doğruluğu</translation>
    </message>
    <message>
        <source>Test R²</source>
        <translation>Test R²</translation>
    </message>
    <message>
        <source>Test accuracy</source>
        <translation>Test doğruluğu</translation>
    </message>
    <message>
        <source>Mistakes</source>
        <translation>Yanlışlar</translation>
    </message>
    <message>
        <source>Confusion</source>
        <translation>Karışıklık</translation>
    </message>
    <message>
        <source>Show the confusion matrix</source>
        <translation>Karışıklık matrisini göster</translation>
    </message>
    <message>
        <source>Confusion matrix</source>
        <translation>Karışıklık matrisi</translation>
    </message>
    <message>
        <source>{right} of {rows} right, {undecided} undecided</source>
        <translation>{rows} satırın {right:doğru|hiçbiri doğru değil}, {undecided} kararsız</translation>
    </message>
    <message>
        <source>R² of a single row is not defined.</source>
        <translation>Tek bir satırın R² değeri tanımsızdır.</translation>
    </message>
    <message>
        <source>R² is not defined where all targets are equal.</source>
        <translation>Bütün hedefler eşitken R² tanımsızdır.</translation>
    </message>
    <message>
        <source>{n} undecided</source>
        <translation>{n} kararsız</translation>
    </message>
    <message>
        <source>Most common training class: {n}.</source>
        <translation>Eğitimdeki en sık sınıf: {n}.</translation>
    </message>
    <message>
        <source>The most common class alone: {n} of the training rows.</source>
        <translation>Taban çizgisi (en sık sınıf, eğitim satırlarında): {n}.</translation>
    </message>
</context>
<context>
    <name>Sentences</name>
    <message>
        <source>A lottery needs at least one seed.</source>
        <translation>Piyango için en az bir tohum gerekir.</translation>
    </message>
    <message>
        <source>A margin needs classes, but the target is a value. Stop on the loss instead.</source>
        <translation>Güven payı kuralı sınıflar içindir; buradaki hedef ise bir değer. Bunun yerine kayba göre durdurun.</translation>
    </message>
    <message>
        <source>A test share of {share} leaves no training row.</source>
        <translation>Test payı {share} olunca eğitime hiç satır kalmıyor.</translation>
    </message>
    <message>
        <source>A pattern needs 2 to {most} points, not {points}.</source>
        <translation>Bir desende 2 ile {most} arasında nokta olmalı; {points} olamaz.</translation>
    </message>
    <message>
        <source>, opset {number}</source>
        <translation>, opset {number}</translation>
    </message>
    <message>
        <source>At least one input must stay, or there is nothing to learn from.</source>
        <translation>En az bir girdi kalmalı; yoksa öğrenilecek bir şey olmaz.</translation>
    </message>
    <message>
        <source>1 or 3</source>
        <translation>1 ya da 3</translation>
    </message>
    <message>
        <source>1e-30 to 1e30, or the same with a minus sign</source>
        <translation>1e-30 ile 1e30 arasında bir sayı; önünde eksi de olabilir</translation>
    </message>
    <message>
        <source>A class needs a name. Type one.</source>
        <translation>Sınıfın bir adı olmalı. Bir ad yazın.</translation>
    </message>
    <message>
        <source>A cluster needs the package {package}, which is not installed. Install it ({command}), or leave the cluster&apos;s address empty.</source>
        <translation>Küme için gereken {package} paketi kurulu değil. Paketi kurun ({command}) ya da kümenin adresini boş bırakın.</translation>
    </message>
    <message>
        <source>A layer of {units} units is scaled after its activation, which would take a layer of {units} × {units} weights. Work the scaling into the next layer.</source>
        <translation>{units} birimli bir katman aktivasyonundan sonra ölçekleniyor; bunun için {units} × {units} ağırlıklı bir katman gerekirdi. Ölçeklemeyi sonraki katmana katın.</translation>
    </message>
    <message>
        <source>A plane needs at least two weights.</source>
        <translation>Bir düzlem için en az iki ağırlık gerekir.</translation>
    </message>
    <message>
        <source>A project holds at most {limit} classes. Remove or join some before you add more.</source>
        <translation>Bir projeye en çok {limit} sınıf sığar. Yenisini eklemeden önce birkaçını kaldırın ya da birleştirin.</translation>
    </message>
    <message>
        <source>A project holds at most {limit} pictures. Remove some before you add more.</source>
        <translation>Bir projeye en çok {limit} görüntü sığar. Yenisini eklemeden önce birkaçını kaldırın.</translation>
    </message>
    <message>
        <source>A sweep needs at least one learning rate and one width.</source>
        <translation>Tarama için en az bir öğrenme oranı ve bir birim sayısı gerekir.</translation>
    </message>
    <message>
        <source>A weight is not a finite number, and no file can hold it. Go back to an earlier epoch, or start anew.</source>
        <translation>Bir ağırlık sonlu bir sayı değil; hiçbir dosyaya yazılamaz. Daha önceki bir epoka dönün ya da baştan başlayın.</translation>
    </message>
    <message>
        <source>A {kind} describes no data. named_data(name) returns what does.</source>
        <translation>{kind} türü veri tanımlamaz. Veri tanımını named_data(ad) döndürür.</translation>
    </message>
    <message>
        <source>Afghan hound</source>
        <translation>Afgan tazısı</translation>
    </message>
    <message>
        <source>African chameleon</source>
        <translation>Afrika bukalemunu</translation>
    </message>
    <message>
        <source>African crocodile</source>
        <translation>Nil timsahı</translation>
    </message>
    <message>
        <source>African elephant</source>
        <translation>Afrika fili</translation>
    </message>
    <message>
        <source>African grey</source>
        <translation>jako papağanı</translation>
    </message>
    <message>
        <source>African hunting dog</source>
        <translation>Afrika yaban köpeği</translation>
    </message>
    <message>
        <source>Airedale</source>
        <translation>Airedale teriyeri</translation>
    </message>
    <message>
        <source>American Staffordshire terrier</source>
        <translation>Amerikan Staffordshire teriyeri</translation>
    </message>
    <message>
        <source>American alligator</source>
        <translation>Amerika aligatörü</translation>
    </message>
    <message>
        <source>American black bear</source>
        <translation>Amerika kara ayısı</translation>
    </message>
    <message>
        <source>American chameleon</source>
        <translation>yeşil anol</translation>
    </message>
    <message>
        <source>American coot</source>
        <translation>Amerika sakarmekesi</translation>
    </message>
    <message>
        <source>American egret</source>
        <translation>büyük ak balıkçıl</translation>
    </message>
    <message>
        <source>American lobster</source>
        <translation>Amerikan ıstakozu</translation>
    </message>
    <message>
        <source>Angora</source>
        <translation>Ankara tavşanı</translation>
    </message>
    <message>
        <source>Appenzeller</source>
        <translation>Appenzell sığır köpeği</translation>
    </message>
    <message>
        <source>Arabian camel</source>
        <translation>hecin devesi</translation>
    </message>
    <message>
        <source>Arctic fox</source>
        <translation>kutup tilkisi</translation>
    </message>
    <message>
        <source>Australian terrier</source>
        <translation>Avustralya teriyeri</translation>
    </message>
    <message>
        <source>BSD-3-Clause repo; weights from BVLC</source>
        <translation>BSD-3-Clause depo; ağırlıklar BVLC’den</translation>
    </message>
    <message>
        <source>Band Aid</source>
        <translation>yara bandı</translation>
    </message>
    <message>
        <source>Bedlington terrier</source>
        <translation>Bedlington teriyeri</translation>
    </message>
    <message>
        <source>Bernese mountain dog</source>
        <translation>Bern dağ köpeği</translation>
    </message>
    <message>
        <source>Blenheim spaniel</source>
        <translation>Blenheim spanyeli</translation>
    </message>
    <message>
        <source>Border collie</source>
        <translation>Border collie</translation>
    </message>
    <message>
        <source>Border terrier</source>
        <translation>Border teriyeri</translation>
    </message>
    <message>
        <source>Boston bull</source>
        <translation>Boston teriyeri</translation>
    </message>
    <message>
        <source>Bouvier des Flandres</source>
        <translation>Flandre sığır köpeği</translation>
    </message>
    <message>
        <source>Brabancon griffon</source>
        <translation>Brabant griffonu</translation>
    </message>
    <message>
        <source>Brittany spaniel</source>
        <translation>Breton spanyeli</translation>
    </message>
    <message>
        <source>Build holds chains of dense layers. {faults}. Train the network without these, and export it again.</source>
        <translation>Kur yalnızca art arda gelen tam bağlı katmanları alır. {faults}. Ağı bunlar olmadan eğitip yeniden dışa aktarın.</translation>
    </message>
    <message>
        <source>CD player</source>
        <translation>CD çalar</translation>
    </message>
    <message>
        <source>Cardigan</source>
        <translation>Cardigan Galler corgisi</translation>
    </message>
    <message>
        <source>Chesapeake Bay retriever</source>
        <translation>Chesapeake Bay retriever</translation>
    </message>
    <message>
        <source>Chihuahua</source>
        <translation>Chihuahua</translation>
    </message>
    <message>
        <source>Christmas stocking</source>
        <translation>Noel çorabı</translation>
    </message>
    <message>
        <source>Crock Pot</source>
        <translation>yavaş pişirici</translation>
    </message>
    <message>
        <source>Dandie Dinmont</source>
        <translation>Dandie Dinmont teriyeri</translation>
    </message>
    <message>
        <source>Doberman</source>
        <translation>Doberman</translation>
    </message>
    <message>
        <source>Dungeness crab</source>
        <translation>Dungeness yengeci</translation>
    </message>
    <message>
        <source>Dutch oven</source>
        <translation>döküm tencere</translation>
    </message>
    <message>
        <source>Each row is used {copies} times. Use 1 or more, and {most} rows in all at most.</source>
        <translation>Her satır {copies} kez kullanılıyor. En az 1 verin; toplam en çok {most} satır olabilir.</translation>
    </message>
    <message>
        <source>Each seed may be drawn once; some are repeated.</source>
        <translation>Her tohum bir kez çekilebilir; bazıları yinelenmiş.</translation>
    </message>
    <message>
        <source>Egyptian cat</source>
        <translation>Mısır mau</translation>
    </message>
    <message>
        <source>English foxhound</source>
        <translation>İngiliz tilki tazısı</translation>
    </message>
    <message>
        <source>English setter</source>
        <translation>İngiliz setteri</translation>
    </message>
    <message>
        <source>English springer</source>
        <translation>İngiliz springer spanyeli</translation>
    </message>
    <message>
        <source>EntleBucher</source>
        <translation>Entlebuch sığır köpeği</translation>
    </message>
    <message>
        <source>Epoch {epoch} is not in the history, which goes from {first} to {last}.</source>
        <translation>{epoch}. epok geçmişte yok; geçmiş {first} ile {last} arasında.</translation>
    </message>
    <message>
        <source>Eskimo dog</source>
        <translation>Eskimo köpeği</translation>
    </message>
    <message>
        <source>European fire salamander</source>
        <translation>lekeli semender</translation>
    </message>
    <message>
        <source>European gallinule</source>
        <translation>saz horozu</translation>
    </message>
    <message>
        <source>French bulldog</source>
        <translation>Fransız buldoğu</translation>
    </message>
    <message>
        <source>French horn</source>
        <translation>korno</translation>
    </message>
    <message>
        <source>French loaf</source>
        <translation>baget ekmeği</translation>
    </message>
    <message>
        <source>German shepherd</source>
        <translation>Alman çoban köpeği</translation>
    </message>
    <message>
        <source>German short-haired pointer</source>
        <translation>Alman kısa tüylü pointer</translation>
    </message>
    <message>
        <source>Gila monster</source>
        <translation>Gila canavarı</translation>
    </message>
    <message>
        <source>GoogLeNet (the tutorial&apos;s, as ONNX)</source>
        <translation>GoogLeNet (eğitim yazısındaki, ONNX olarak)</translation>
    </message>
    <message>
        <source>Gordon setter</source>
        <translation>Gordon setteri</translation>
    </message>
    <message>
        <source>Granny Smith</source>
        <translation>Granny Smith elması</translation>
    </message>
    <message>
        <source>Great Dane</source>
        <translation>danua</translation>
    </message>
    <message>
        <source>Great Pyrenees</source>
        <translation>Pirene dağ köpeği</translation>
    </message>
    <message>
        <source>Greater Swiss Mountain dog</source>
        <translation>büyük İsviçre dağ köpeği</translation>
    </message>
    <message>
        <source>Ibizan hound</source>
        <translation>İbiza tazısı</translation>
    </message>
    <message>
        <source>Indian cobra</source>
        <translation>Hint kobrası</translation>
    </message>
    <message>
        <source>Indian elephant</source>
        <translation>Asya fili</translation>
    </message>
    <message>
        <source>Irish setter</source>
        <translation>İrlanda setteri</translation>
    </message>
    <message>
        <source>Irish terrier</source>
        <translation>İrlanda teriyeri</translation>
    </message>
    <message>
        <source>Irish water spaniel</source>
        <translation>İrlanda su spanyeli</translation>
    </message>
    <message>
        <source>Irish wolfhound</source>
        <translation>İrlanda kurt tazısı</translation>
    </message>
    <message>
        <source>Italian greyhound</source>
        <translation>İtalyan tazısı</translation>
    </message>
    <message>
        <source>Its scaling is worked into the first and last weights.</source>
        <translation>Ölçeklemesi ilk ve son ağırlıklara katıldı.</translation>
    </message>
    <message>
        <source>Its weights would lie in {path}, outside its folder, where they are not looked for. Put that file beside it, or export the network with its weights inside.</source>
        <translation>Ağırlıkları {path} yolunda, yani kendi klasörünün dışında görünüyor; orada aranmazlar. O dosyayı bunun yanına koyun ya da ağı, ağırlıkları içinde olacak biçimde dışa aktarın.</translation>
    </message>
    <message>
        <source>Japanese spaniel</source>
        <translation>Japon spanyeli</translation>
    </message>
    <message>
        <source>Kerry blue terrier</source>
        <translation>Kerry blue teriyeri</translation>
    </message>
    <message>
        <source>Komodo dragon</source>
        <translation>Komodo ejderi</translation>
    </message>
    <message>
        <source>Labrador retriever</source>
        <translation>Labrador retriever</translation>
    </message>
    <message>
        <source>Lakeland terrier</source>
        <translation>Lakeland teriyeri</translation>
    </message>
    <message>
        <source>Layer {layer} has no weights yet. Take those of initialise(experiment).network.</source>
        <translation>{layer}. katmanın henüz ağırlığı yok. initialise(experiment).network içindekileri alın.</translation>
    </message>
    <message>
        <source>Layer {layer} has {what} that are not finite numbers.</source>
        <translation>{layer}. katmanda sonlu olmayan sayılar var: {what}.</translation>
    </message>
    <message>
        <source>Layer {layer} is hidden and uses softmax, which belongs to the output layer. Choose another activation for it.</source>
        <translation>{layer}. katman gizli ve softmax kullanıyor; softmax çıktı katmanına aittir. Başka bir aktivasyon seçin.</translation>
    </message>
    <message>
        <source>Layer {layer} needs {what} of shape {expected}, but they have shape {found}.</source>
        <translation>{layer}. katmanda {what} {expected} biçiminde olmalı, ama biçimleri {found}.</translation>
    </message>
    <message>
        <source>Layer {layer} uses the step activation, whose slope is 0, so {optimiser} cannot train it. Use the perceptron rule with no hidden layer, or a sigmoid.</source>
        <translation>{layer}. katman basamak aktivasyonu kullanıyor; eğimi 0 olduğu için {optimiser} onu eğitemez. Gizli katman olmadan perceptron kuralını ya da sigmoidi kullanın.</translation>
    </message>
    <message>
        <source>Left out behind its answers: {operators}.</source>
        <translation>Yanıtlarından sonra gelen işleçler alınmadı: {operators}.</translation>
    </message>
    <message>
        <source>Leonberg</source>
        <translation>Leonberger</translation>
    </message>
    <message>
        <source>Lhasa</source>
        <translation>Lhasa apso</translation>
    </message>
    <message>
        <source>Loafer</source>
        <translation>makosen</translation>
    </message>
    <message>
        <source>MNIST digits</source>
        <translation>MNIST rakamları</translation>
    </message>
    <message>
        <source>Madagascar cat</source>
        <translation>halka kuyruklu lemur</translation>
    </message>
    <message>
        <source>Maltese dog</source>
        <translation>Malta köpeği</translation>
    </message>
    <message>
        <source>Mexican hairless</source>
        <translation>Meksika tüysüz köpeği</translation>
    </message>
    <message>
        <source>Model T</source>
        <translation>Ford Model T</translation>
    </message>
    <message>
        <source>Name one experiment file, or one data set with --data NAME.</source>
        <translation>Bir deney dosyası yazın ya da --data AD ile bir veri kümesi seçin.</translation>
    </message>
    <message>
        <source>Networks that drop units cannot be trained at once. Set drop-out to 0.</source>
        <translation>Seyreltme kullanan ağlar birlikte eğitilemez. Seyreltmeyi 0 yapın.</translation>
    </message>
    <message>
        <source>Newfoundland</source>
        <translation>Newfoundland</translation>
    </message>
    <message>
        <source>No Dask scheduler answers at {address}. Start one there ({command}), correct the address, or leave it empty to compute on this machine.</source>
        <translation>{address} adresinde yanıt veren bir Dask zamanlayıcısı yok. Orada bir tane başlatın ({command}), adresi düzeltin ya da bu bilgisayarda hesaplamak için boş bırakın.</translation>
    </message>
    <message>
        <source>No picture of the class {name} can be read. Put its pictures back, or remove the class.</source>
        <translation>{name} sınıfının hiçbir görüntüsü okunamıyor. Görüntüleri eski yerlerine koyun ya da sınıfı kaldırın.</translation>
    </message>
    <message>
        <source>Norfolk terrier</source>
        <translation>Norfolk teriyeri</translation>
    </message>
    <message>
        <source>Norwegian elkhound</source>
        <translation>Norveç geyik köpeği</translation>
    </message>
    <message>
        <source>Norwich terrier</source>
        <translation>Norwich teriyeri</translation>
    </message>
    <message>
        <source>Nothing ends this run. Give it a number of epochs or seconds.</source>
        <translation>Bu eğitimi bitirecek bir kural yok. Epok ya da saniye sayısı verin.</translation>
    </message>
    <message>
        <source>Nothing ends this run. Say how long: --epochs N.</source>
        <translation>Bu çalıştırmayı bitiren bir kural yok. Süreyi belirtin: --epochs N.</translation>
    </message>
    <message>
        <source>ONNX&apos;s own evaluator cannot run it ({reason}), so nothing tells whether it was read rightly. Export it with one input of shape (rows, columns).</source>
        <translation>ONNX’in kendi değerlendiricisi bunu çalıştıramıyor ({reason}); bu yüzden doğru okunup okunmadığı bilinemez. Ağı, (satır, sütun) biçiminde tek bir girdiyle dışa aktarın.</translation>
    </message>
    <message>
        <source>Too few of the {total} classes take part in training ({count}); telling pictures apart takes at least 2. Let another one take part again, or add a class.</source>
        <translation>{total} sınıftan çok azı eğitime katılıyor ({count}); görüntüleri ayırt etmek için en az 2 sınıf gerekir. Bir sınıfı daha eğitime yeniden katın ya da yeni bir sınıf ekleyin.</translation>
    </message>
    <message>
        <source>Old English sheepdog</source>
        <translation>eski İngiliz çoban köpeği</translation>
    </message>
    <message>
        <source>A name has half a letter in it, {letter}, and no file can hold it. Write it anew.</source>
        <translation>Bir adda yarım bir harf var, {letter}; hiçbir dosya bunu tutamaz. Adı yeniden yazın.</translation>
    </message>
    <message>
        <source>OpenCV says: {words}</source>
        <translation>OpenCV’nin bildirdiği: {words}</translation>
    </message>
    <message>
        <source>Pekinese</source>
        <translation>pekinez</translation>
    </message>
    <message>
        <source>Pembroke</source>
        <translation>Pembroke Galler corgisi</translation>
    </message>
    <message>
        <source>Persian cat</source>
        <translation>İran kedisi</translation>
    </message>
    <message>
        <source>Petri dish</source>
        <translation>Petri kabı</translation>
    </message>
    <message>
        <source>Pictures have no derived inputs: each pixel is one. Take the features out.</source>
        <translation>Görüntülerden girdi türetilmez: Her piksel bir girdidir. Türetilmiş girdileri çıkarın.</translation>
    </message>
    <message>
        <source>Point {row} has class {found}, but the classes are 0 to {last}.</source>
        <translation>{row}. noktanın sınıfı {found}, ama sınıflar 0 ile {last} arasında.</translation>
    </message>
    <message>
        <source>Polaroid camera</source>
        <translation>Polaroid fotoğraf makinesi</translation>
    </message>
    <message>
        <source>Pomeranian</source>
        <translation>Pomeranian</translation>
    </message>
    <message>
        <source>Rhodesian ridgeback</source>
        <translation>Rhodesian ridgeback</translation>
    </message>
    <message>
        <source>Rottweiler</source>
        <translation>Rottweiler</translation>
    </message>
    <message>
        <source>Row {row} has the target {value} in {column}, which {loss} cannot measure; it needs {wanted}. Choose squared, absolute or huber.</source>
        <translation>{row}. satırda {column} hedefi {value}; {loss} bunu ölçemez, gereken: {wanted}. Karesel hata, mutlak hata ya da Huber kaybını seçin.</translation>
    </message>
    <message>
        <source>Row {row} of the truth table has {inputs} inputs and {outputs} outputs; the names say {widths}.</source>
        <translation>Doğruluk tablosunun {row}. satırında {inputs} girdi ve {outputs} çıktı var; adlara göre {widths}.</translation>
    </message>
    <message>
        <source>Row {row} of the {part} data has no finite number in column {column}.</source>
        <translation>{part} verisinin {row}. satırında {column} sütununda sonlu bir sayı yok.</translation>
    </message>
    <message>
        <source>Saint Bernard</source>
        <translation>Saint Bernard</translation>
    </message>
    <message>
        <source>Saluki</source>
        <translation>saluki</translation>
    </message>
    <message>
        <source>Samoyed</source>
        <translation>Samoyed</translation>
    </message>
    <message>
        <source>Scotch terrier</source>
        <translation>İskoç teriyeri</translation>
    </message>
    <message>
        <source>Scottish deerhound</source>
        <translation>İskoç geyik tazısı</translation>
    </message>
    <message>
        <source>Sealyham terrier</source>
        <translation>Sealyham teriyeri</translation>
    </message>
    <message>
        <source>Shetland sheepdog</source>
        <translation>Shetland çoban köpeği</translation>
    </message>
    <message>
        <source>Shih-Tzu</source>
        <translation>shih tzu</translation>
    </message>
    <message>
        <source>Siamese cat</source>
        <translation>Siyam kedisi</translation>
    </message>
    <message>
        <source>Siberian husky</source>
        <translation>Sibirya kurdu</translation>
    </message>
    <message>
        <source>Staffordshire bullterrier</source>
        <translation>Staffordshire bull teriyeri</translation>
    </message>
    <message>
        <source>Sussex spaniel</source>
        <translation>Sussex spanyeli</translation>
    </message>
    <message>
        <source>The Dask scheduler at {address} answers no more. Start it and its workers again.</source>
        <translation>{address} adresindeki Dask zamanlayıcısı artık yanıt vermiyor. Onu ve işçilerini yeniden başlatın.</translation>
    </message>
    <message>
        <source>The Dask scheduler at {address} has no worker. Start one: {command}</source>
        <translation>{address} adresindeki Dask zamanlayıcısının hiç işçisi yok. Bir işçi başlatın: {command}</translation>
    </message>
    <message>
        <source>The classes {first} and {second} have the same pictures, so nothing tells them apart. Give each its own pictures.</source>
        <translation>{first} ile {second} sınıflarının görüntüleri aynı, bu yüzden onları ayırt eden bir şey yok. Her birine kendi görüntülerini ekleyin.</translation>
    </message>
    <message>
        <source>The cluster&apos;s workers cannot train: {fault}. Check that Glassnet {version} runs where they are.</source>
        <translation>Kümenin işçileri eğitemiyor: {fault}. Bulundukları bilgisayarlarda Glassnet {version} çalışıyor mu, denetleyin.</translation>
    </message>
    <message>
        <source>The data have no column {name}. Their columns: {known}.</source>
        <translation>Verilerde {name} sütunu yok. Sütunlar: {known}.</translation>
    </message>
    <message>
        <source>The data on show are scaled in another way, which is worked into the first and last weights.</source>
        <translation>Ekrandaki veriler başka türlü ölçeklenmiş; fark ilk ve son ağırlıklara katıldı.</translation>
    </message>
    <message>
        <source>The exported program does not answer as the network does ({reason}), so it is not written. Report it with the experiment&apos;s file.</source>
        <translation>Dışa aktarılan program ağla aynı yanıtı vermiyor ({reason}); bu yüzden yazılmadı. Bunu deneyin dosyasıyla birlikte bildirin.</translation>
    </message>
    <message>
        <source>The file has version {version}; this Glassnet reads up to version {known}. Install a newer Glassnet to open it.</source>
        <translation>Dosyanın sürümü {version}; bu Glassnet yalnızca {known} ve önceki sürümleri okur. Açmak için daha yeni bir Glassnet kurun.</translation>
    </message>
    <message>
        <source>The file is not text: byte {position} is not UTF-8. Open a .glassnet file, or a network exported as ONNX.</source>
        <translation>Dosya metin değil: {position}. bayt UTF-8 değil. Bir .glassnet dosyası ya da ONNX olarak dışa aktarılmış bir ağ açın.</translation>
    </message>
    <message>
        <source>The input {term} is listed twice. Take one out.</source>
        <translation>{term} girdisi iki kez yazılmış. Birini çıkarın.</translation>
    </message>
    <message>
        <source>The network has no layers. Give it at least an output layer.</source>
        <translation>Ağın hiç katmanı yok. En azından bir çıktı katmanı ekleyin.</translation>
    </message>
    <message>
        <source>The network has {count} nodes; at most {most} are read. Build is for chains of dense layers.</source>
        <translation>Ağda {count} düğüm var; en çok {most} düğüm okunur. Kur, art arda gelen tam bağlı katmanlar içindir.</translation>
    </message>
    <message>
        <source>The network has {inputs} inputs, more than the {most} that Build shows without data. Choose data with as many columns first, then open it again.</source>
        <translation>Ağın {inputs} girdisi var; Kur veri olmadan en çok {most} girdi gösterir. Önce o kadar sütunu olan verileri seçin, sonra yeniden açın.</translation>
    </message>
    <message>
        <source>The network takes rows of {expected} values, but got an array of shape {found}.</source>
        <translation>Ağ, {expected} değerden oluşan satırlar alır; {found} biçiminde bir dizi geldi.</translation>
    </message>
    <message>
        <source>The network would have {count} weights; at most {most} are possible.</source>
        <translation>Ağın {count} ağırlığı olacaktı; en çok {most} ağırlık olabilir.</translation>
    </message>
    <message>
        <source>The node {node} reads {name}, which nothing before it makes: the file is damaged, or the network goes in a circle.</source>
        <translation>{node} düğümü, kendisinden önce hiçbir düğümün üretmediği {name} değerini okuyor: Dosya bozuk ya da ağ döngü içeriyor.</translation>
    </message>
    <message>
        <source>The noise is {noise}. Use 0 to 1.</source>
        <translation>Gürültü {noise} olamaz; 0 ile 1 arasında bir değer verin.</translation>
    </message>
    <message>
        <source>The output layer drops units. Set its drop-out to 0 and drop hidden units instead.</source>
        <translation>Çıktı katmanında seyreltme var. Onu 0 yapın, seyreltmeyi gizli katmanlarda kullanın.</translation>
    </message>
    <message>
        <source>The outputs have shape {expected}, but the targets or their mask {found}.</source>
        <translation>Çıktıların biçimi {expected}, hedeflerin ya da maskelerinin biçimi ise {found}.</translation>
    </message>
    <message>
        <source>The precision cannot change from {before} to {after} within a run. Pause, change it, and train on.</source>
        <translation>Duyarlık bir çalıştırma içinde değiştirilemez ({before} → {after}). Duraklatın, değiştirin, eğitimi sürdürün.</translation>
    </message>
    <message>
        <source>The project would take {megabytes} MB; at most {limit_megabytes} MB can be opened again. Remove recorded or pasted pictures, or add them as files.</source>
        <translation>Proje {megabytes} MB yer kaplayacak; oysa en çok {limit_megabytes} MB’lık bir proje yeniden açılabilir. Kaydedilen ya da yapıştırılan görüntüleri kaldırın veya dosya olarak ekleyin.</translation>
    </message>
    <message>
        <source>The seed is {seed}. Use 0 or more.</source>
        <translation>Tohum {seed} olamaz; 0 ya da daha büyük bir sayı verin.</translation>
    </message>
    <message>
        <source>The seeds&apos; training sets differ in size; fix the split.</source>
        <translation>Tohumların eğitim kümeleri farklı büyüklükte; bölmeyi sabitleyin.</translation>
    </message>
    <message>
        <source>The separator {separator} is not one character. Use a comma, semicolon or tab.</source>
        <translation>{separator} ayırıcısı tek karakter değil. Virgül, noktalı virgül ya da sekme kullanın.</translation>
    </message>
    <message>
        <source>The setting {field} cannot be {value}. Give {allowed}.</source>
        <translation>{field} ayarı {value} olamaz. Verilebilecek: {allowed}.</translation>
    </message>
    <message>
        <source>The stored state of the random generator is damaged ({fault}). Remove progress.generator to start from the seed.</source>
        <translation>Rastgele sayı üretecinin kayıtlı durumu bozuk ({fault}). Tohumdan başlamak için progress.generator alanını silin.</translation>
    </message>
    <message>
        <source>The table {file} is missing from this installation: {fault}.</source>
        <translation>{file} tablosu bu kurulumda yok: {fault}.</translation>
    </message>
    <message>
        <source>The test share is {share}. Use 0 to 0.9.</source>
        <translation>Test payı {share} olamaz; 0 ile 0,9 arasında bir değer verin.</translation>
    </message>
    <message>
        <source>The truth table has {rows} rows of inputs and {targets} rows of outputs. Give it at least one row, and as many of the one as of the other.</source>
        <translation>Doğruluk tablosunda {rows} girdi satırı ve {targets} çıktı satırı var. En az bir satır ekleyin; ikisinin sayısı eşit olsun.</translation>
    </message>
    <message>
        <source>The worker {worker} has Glassnet {theirs}, and this is Glassnet {ours}. Install the same version on both.</source>
        <translation>{worker} işçisinde Glassnet {theirs}, burada Glassnet {ours} var. İkisine de aynı sürümü kurun.</translation>
    </message>
    <message>
        <source>There are no classes to tell apart.</source>
        <translation>Ayırt edilecek sınıf yok.</translation>
    </message>
    <message>
        <source>There are no points yet. Click on the plane to add some.</source>
        <translation>Henüz nokta yok. Eklemek için düzleme tıklayın.</translation>
    </message>
    <message>
        <source>There are no rows to train on. Add rows, or make the test share smaller.</source>
        <translation>Eğitim için satır yok. Satır ekleyin ya da test payını küçültün.</translation>
    </message>
    <message>
        <source>There are too few classes ({count}); telling pictures apart takes at least 2. Add a class.</source>
        <translation>Sınıf sayısı çok az ({count}); görüntüleri ayırt etmek için en az 2 sınıf gerekir. Bir sınıf ekleyin.</translation>
    </message>
    <message>
        <source>There are {columns} columns but {names} names.</source>
        <translation>{columns} sütun var ama {names} ad.</translation>
    </message>
    <message>
        <source>There is a class {name} already. Choose another name.</source>
        <translation>{name} adında bir sınıf zaten var. Başka bir ad seçin.</translation>
    </message>
    <message>
        <source>There is no gate called {name}. Known gates: {known}.</source>
        <translation>{name} adında kapı yok. Bilinen kapılar: {known}.</translation>
    </message>
    <message>
        <source>There is no layer with weights in it. Choose a file that a trained network was exported to.</source>
        <translation>İçinde ağırlıkları olan bir katman yok. Eğitilmiş bir ağın dışa aktarıldığı bir dosya seçin.</translation>
    </message>
    <message>
        <source>There is no pattern called {name}. Known patterns: {known}.</source>
        <translation>{name} adında desen yok. Bilinen desenler: {known}.</translation>
    </message>
    <message>
        <source>There is no row {row}; the rows are 1 to {last}.</source>
        <translation>{row}. satır yok; satırlar 1 ile {last} arasında.</translation>
    </message>
    <message>
        <source>There is no table called {name}. Known tables: {known}.</source>
        <translation>{name} adında tablo yok. Bilinen tablolar: {known}.</translation>
    </message>
    <message>
        <source>There is no weight at layer {layer}, row {row}, unit {unit}.</source>
        <translation>{layer}. katman, {row}. satır, {unit}. birimde ağırlık yok.</translation>
    </message>
    <message>
        <source>This is no ONNX file, or it is damaged. Export the network again.</source>
        <translation>Bu bir ONNX dosyası değil ya da bozuk. Ağı yeniden dışa aktarın.</translation>
    </message>
    <message>
        <source>Tibetan mastiff</source>
        <translation>Tibet mastifi</translation>
    </message>
    <message>
        <source>Tibetan terrier</source>
        <translation>Tibet teriyeri</translation>
    </message>
    <message>
        <source>Vision gives a network pictures, and this one does not learn from pictures. Choose Digits, or IDX pictures, as its data.</source>
        <translation>Görüntü sekmesi ağa görüntü verir; bu ağ ise görüntülerden öğrenmiyor. Veri olarak Rakamlar’ı ya da IDX görüntülerini seçin.</translation>
    </message>
    <message>
        <source>Walker hound</source>
        <translation>Walker coonhound</translation>
    </message>
    <message>
        <source>Weimaraner</source>
        <translation>Weimaraner</translation>
    </message>
    <message>
        <source>Welsh springer spaniel</source>
        <translation>Galler springer spanyeli</translation>
    </message>
    <message>
        <source>West Highland white terrier</source>
        <translation>West Highland beyaz teriyeri</translation>
    </message>
    <message>
        <source>What was read answers differently from the file, by {difference}, so it is not opened. Please report this with the file.</source>
        <translation>Okunan ağ dosyadakinden {difference} kadar farklı yanıt veriyor, bu yüzden açılmadı. Lütfen bunu dosyayla birlikte bildirin.</translation>
    </message>
    <message>
        <source>Windsor tie</source>
        <translation>Windsor kravatı</translation>
    </message>
    <message>
        <source>Worked into the weights beside it: {operators}.</source>
        <translation>Komşu ağırlıklara katılan işleçler: {operators}.</translation>
    </message>
    <message>
        <source>Yorkshire terrier</source>
        <translation>Yorkshire teriyeri</translation>
    </message>
    <message>
        <source>a Darknet file</source>
        <translation>bir Darknet dosyası</translation>
    </message>
    <message>
        <source>a Keras file</source>
        <translation>bir Keras dosyası</translation>
    </message>
    <message>
        <source>a Keras file (HDF5)</source>
        <translation>bir Keras dosyası (HDF5)</translation>
    </message>
    <message>
        <source>a PyTorch file</source>
        <translation>bir PyTorch dosyası</translation>
    </message>
    <message>
        <source>a TensorFlow SavedModel</source>
        <translation>bir TensorFlow modeli (SavedModel)</translation>
    </message>
    <message>
        <source>a YOLO detector of version 5 or 7</source>
        <translation>5. ya da 7. sürüm bir YOLO nesne bulucusu</translation>
    </message>
    <message>
        <source>a YOLO detector of version 8 or later</source>
        <translation>8. ya da daha yeni sürüm bir YOLO nesne bulucusu</translation>
    </message>
    <message>
        <source>a YOLO detector that chooses its boxes itself</source>
        <translation>kutularını kendisi seçen bir YOLO nesne bulucusu</translation>
    </message>
    <message>
        <source>a YOLO detector whose grids are read with the anchors of version 3</source>
        <translation>ızgaraları 3. sürümün çapa kutularıyla okunan bir YOLO nesne bulucusu</translation>
    </message>
    <message>
        <source>a YOLO detector whose grids are read with the anchors of version 4</source>
        <translation>ızgaraları 4. sürümün çapa kutularıyla okunan bir YOLO nesne bulucusu</translation>
    </message>
    <message>
        <source>a YOLO detector whose grids are read with the anchors of version 5</source>
        <translation>ızgaraları 5. sürümün çapa kutularıyla okunan bir YOLO nesne bulucusu</translation>
    </message>
    <message>
        <source>a YOLO detector whose grids are read with the anchors of version 7</source>
        <translation>ızgaraları 7. sürümün çapa kutularıyla okunan bir YOLO nesne bulucusu</translation>
    </message>
    <message>
        <source>a YOLO of version 5 or 7 with more than boxes</source>
        <translation>kutulardan fazlasını veren, 5. ya da 7. sürüm bir YOLO</translation>
    </message>
    <message>
        <source>a YOLO of version 8 or later with more than boxes</source>
        <translation>kutulardan fazlasını veren, 8. sürüm ya da sonrasından bir YOLO</translation>
    </message>
    <message>
        <source>a blob of shape {shape} has {count} values</source>
        <translation>{shape} biçimindeki bir blob {count} değer içeriyor</translation>
    </message>
    <message>
        <source>a class holds a picture twice</source>
        <translation>bir sınıfta aynı görüntü iki kez var</translation>
    </message>
    <message>
        <source>a colon or a block is expected after {name}</source>
        <translation>{name} sonrasında iki nokta ya da bir blok bekleniyor</translation>
    </message>
    <message>
        <source>a detector of faces</source>
        <translation>bir yüz bulucu</translation>
    </message>
    <message>
        <source>a detector of hands or bodies</source>
        <translation>bir el ya da beden bulucu</translation>
    </message>
    <message>
        <source>a detector that chooses its boxes itself</source>
        <translation>kutularını kendisi seçen bir nesne bulucu</translation>
    </message>
    <message>
        <source>a detector that gives corners</source>
        <translation>köşeleri veren bir nesne bulucu</translation>
    </message>
    <message>
        <source>a detector that gives one row a box</source>
        <translation>kutu başına bir satır veren bir nesne bulucu</translation>
    </message>
    <message>
        <source>a detector with a head that is not known</source>
        <translation>başı bilinmeyen bir nesne bulucu</translation>
    </message>
    <message>
        <source>a detector with the head of SSD</source>
        <translation>SSD başlı bir nesne bulucu</translation>
    </message>
    <message>
        <source>a detector with the head of SSD as TFLite, of which OpenCV reads wrong boxes</source>
        <translation>OpenCV’nin kutularını yanlış okuduğu, TFLite biçiminde SSD başlı bir nesne bulucu</translation>
    </message>
    <message>
        <source>a detector with the head of YOLOX</source>
        <translation>YOLOX başlı bir nesne bulucu</translation>
    </message>
    <message>
        <source>a field lies outside its table</source>
        <translation>bir alan tablosunun dışında kalıyor</translation>
    </message>
    <message>
        <source>a field name is expected, not {found}</source>
        <translation>{found} değil, bir alan adı bekleniyor</translation>
    </message>
    <message>
        <source>a file of this kind holds no picture of this size</source>
        <translation>bu tür bir dosya bu boyutta bir görüntü tutamaz</translation>
    </message>
    <message>
        <source>a file of this name is there already</source>
        <translation>bu adda bir dosya zaten var</translation>
    </message>
    <message>
        <source>a formula has more than {most} letters</source>
        <translation>bir formülde {most} harften çok var</translation>
    </message>
    <message>
        <source>a kernel does not fit its input</source>
        <translation>bir çekirdek girdisine uymuyor</translation>
    </message>
    <message>
        <source>a kernel, stride or dilation is below 1</source>
        <translation>bir çekirdek, adım ya da genişletme 1’den küçük</translation>
    </message>
    <message>
        <source>a list in square brackets</source>
        <translation>köşeli ayraç içinde bir liste</translation>
    </message>
    <message>
        <source>a list is too long</source>
        <translation>bir liste çok uzun</translation>
    </message>
    <message>
        <source>a list of names and values in braces</source>
        <translation>süslü ayraç içinde adlar ve değerler</translation>
    </message>
    <message>
        <source>a list of numbers is cut off</source>
        <translation>bir sayı listesi yarıda kesiliyor</translation>
    </message>
    <message>
        <source>a list reaches behind the file</source>
        <translation>bir liste dosyanın sonunu aşıyor</translation>
    </message>
    <message>
        <source>a mean is over other sides than a picture&apos;s</source>
        <translation>bir ortalama, görüntünün boyutlarından başka boyutlar üzerinden alınıyor</translation>
    </message>
    <message>
        <source>a model that finds objects</source>
        <translation>nesneleri bulan bir model</translation>
    </message>
    <message>
        <source>a model that names pictures</source>
        <translation>görüntüleri adlandıran bir model</translation>
    </message>
    <message>
        <source>a model that names pictures, finds objects or cuts people out</source>
        <translation>görüntüleri adlandıran, nesneleri bulan ya da insanları kesip alan bir model</translation>
    </message>
    <message>
        <source>a network that compares faces or pictures</source>
        <translation>yüzleri ya da görüntüleri karşılaştıran bir ağ</translation>
    </message>
    <message>
        <source>a network that cuts out</source>
        <translation>kesip alan bir ağ</translation>
    </message>
    <message>
        <source>a network that finds the corners of a box in space</source>
        <translation>uzaydaki bir kutunun köşelerini bulan bir ağ</translation>
    </message>
    <message>
        <source>a network that finds the part of a picture to cut out</source>
        <translation>görüntünün kesilecek bölümünü bulan bir ağ</translation>
    </message>
    <message>
        <source>a network that gives a number for each place, as a depth or a class</source>
        <translation>her yer için derinlik ya da sınıf numarası gibi bir sayı veren bir ağ</translation>
    </message>
    <message>
        <source>a network that gives a single number, and not a score for each class</source>
        <translation>her sınıf için bir puan değil, tek bir sayı veren bir ağ</translation>
    </message>
    <message>
        <source>a network that gives its best classes alone, and not a score for each</source>
        <translation>her sınıfın puanını değil, yalnızca en iyi sınıfları veren bir ağ</translation>
    </message>
    <message>
        <source>a network that gives maps, for poses or as features</source>
        <translation>duruş ya da öznitelik haritaları veren bir ağ</translation>
    </message>
    <message>
        <source>a network that gives neither scores, nor boxes, nor a mask</source>
        <translation>ne puan ne kutu ne de maske veren bir ağ</translation>
    </message>
    <message>
        <source>a network that gives several kinds of maps, as detectors make boxes of</source>
        <translation>nesne bulucuların kutularını çıkardığı türden, birbirinden farklı haritalar veren bir ağ</translation>
    </message>
    <message>
        <source>a network that gives several rows of numbers, for reading text or as features</source>
        <translation>metin okumak için ya da öznitelik olarak birkaç satır sayı veren bir ağ</translation>
    </message>
    <message>
        <source>a network that gives the numbers of classes, and no scores</source>
        <translation>puan değil, sınıf numaraları veren bir ağ</translation>
    </message>
    <message>
        <source>a network that makes pictures of pictures</source>
        <translation>görüntülerden görüntü üreten bir ağ</translation>
    </message>
    <message>
        <source>a network that parts pictures into {count} classes</source>
        <translation>görüntüleri {count} sınıfa bölen bir ağ</translation>
    </message>
    <message>
        <source>a network that takes {shape} and not a batch of one picture</source>
        <translation>tek görüntülük bir yığın değil, {shape} boyutunda bir girdi alan bir ağ</translation>
    </message>
    <message>
        <source>a number</source>
        <translation>bir sayı</translation>
    </message>
    <message>
        <source>a packed picture is missing</source>
        <translation>paketlenmiş bir görüntü eksik</translation>
    </message>
    <message>
        <source>a padding does not fit its input</source>
        <translation>bir dolgu girdisine uymuyor</translation>
    </message>
    <message>
        <source>a picture&apos;s entry is not what it was</source>
        <translation>bir görüntünün kaydı değişmiş</translation>
    </message>
    <message>
        <source>a pose network</source>
        <translation>bir duruş ağı</translation>
    </message>
    <message>
        <source>a scale is not finite</source>
        <translation>bir ölçek sonlu değil</translation>
    </message>
    <message>
        <source>a shape does not fit its values</source>
        <translation>bir biçim değerlerine uymuyor</translation>
    </message>
    <message>
        <source>a single number</source>
        <translation>tek bir sayı</translation>
    </message>
    <message>
        <source>a size is computed</source>
        <translation>bir boyut hesaplanıyor</translation>
    </message>
    <message>
        <source>a table reaches behind the file</source>
        <translation>bir tablo dosyanın sonunu aşıyor</translation>
    </message>
    <message>
        <source>a tensor has the shape {shape}</source>
        <translation>bir tensörün biçimi {shape}</translation>
    </message>
    <message>
        <source>a tensor of unknown shape</source>
        <translation>biçimi bilinmeyen bir tensör</translation>
    </message>
    <message>
        <source>a tensor of {needed} bytes has {found}</source>
        <translation>{needed} baytlık bir tensörde {found} bayt var</translation>
    </message>
    <message>
        <source>a tensor&apos;s values are missing</source>
        <translation>bir tensörün değerleri eksik</translation>
    </message>
    <message>
        <source>a text in quotation marks</source>
        <translation>tırnak içinde bir metin</translation>
    </message>
    <message>
        <source>a value is expected, not {found}</source>
        <translation>{found} değil, bir değer bekleniyor</translation>
    </message>
    <message>
        <source>a weight is computed</source>
        <translation>bir ağırlık hesaplanıyor</translation>
    </message>
    <message>
        <source>a whole number</source>
        <translation>bir tam sayı</translation>
    </message>
    <message>
        <source>a window is larger than its input</source>
        <translation>bir pencere girdisinden büyük</translation>
    </message>
    <message>
        <source>a window wants a picture</source>
        <translation>bir pencere görüntü istiyor</translation>
    </message>
    <message>
        <source>abacus</source>
        <translation>abaküs</translation>
    </message>
    <message>
        <source>abaya</source>
        <translation>abaya</translation>
    </message>
    <message>
        <source>academic gown</source>
        <translation>akademik cübbe</translation>
    </message>
    <message>
        <source>accordion</source>
        <translation>akordeon</translation>
    </message>
    <message>
        <source>acorn</source>
        <translation>meşe palamudu</translation>
    </message>
    <message>
        <source>acorn squash</source>
        <translation>palamut kabağı</translation>
    </message>
    <message>
        <source>acoustic guitar</source>
        <translation>akustik gitar</translation>
    </message>
    <message>
        <source>admiral</source>
        <translation>amiral kelebeği</translation>
    </message>
    <message>
        <source>aeroplane</source>
        <translation>uçak</translation>
    </message>
    <message>
        <source>affenpinscher</source>
        <translation>affenpinscher</translation>
    </message>
    <message>
        <source>agama</source>
        <translation>agama</translation>
    </message>
    <message>
        <source>agaric</source>
        <translation>lamelli mantar</translation>
    </message>
    <message>
        <source>aircraft carrier</source>
        <translation>uçak gemisi</translation>
    </message>
    <message>
        <source>airliner</source>
        <translation>yolcu uçağı</translation>
    </message>
    <message>
        <source>airplane</source>
        <translation>uçak</translation>
    </message>
    <message>
        <source>airship</source>
        <translation>zeplin</translation>
    </message>
    <message>
        <source>albatross</source>
        <translation>albatros</translation>
    </message>
    <message>
        <source>alligator lizard</source>
        <translation>timsah kertenkelesi</translation>
    </message>
    <message>
        <source>alp</source>
        <translation>yüksek dağ</translation>
    </message>
    <message>
        <source>altar</source>
        <translation>sunak</translation>
    </message>
    <message>
        <source>ambulance</source>
        <translation>ambulans</translation>
    </message>
    <message>
        <source>amphibian</source>
        <translation>amfibi araç</translation>
    </message>
    <message>
        <source>an activation is not known</source>
        <translation>bir aktivasyon bilinmiyor</translation>
    </message>
    <message>
        <source>an archive, as PyTorch and Keras write them</source>
        <translation>PyTorch ile Keras’ın yazdığı türden bir arşiv</translation>
    </message>
    <message>
        <source>an input or output is no tensor of it</source>
        <translation>bir girdi ya da çıktı, tensörlerinden biri değil</translation>
    </message>
    <message>
        <source>an offset points before the file</source>
        <translation>bir konum dosyanın öncesini gösteriyor</translation>
    </message>
    <message>
        <source>an offset points behind the file</source>
        <translation>bir konum dosyanın sonrasını gösteriyor</translation>
    </message>
    <message>
        <source>an operator does not fit its tensors</source>
        <translation>bir işleç tensörlerine uymuyor</translation>
    </message>
    <message>
        <source>an operator has no code</source>
        <translation>bir işlecin kodu yok</translation>
    </message>
    <message>
        <source>an operator is missing in the new engine</source>
        <translation>yeni motorda bir işleç eksik</translation>
    </message>
    <message>
        <source>an operator lacks an input</source>
        <translation>bir işlecin girdisi eksik</translation>
    </message>
    <message>
        <source>an operator reads or writes no tensor of it</source>
        <translation>bir işleç, tensörlerinden birini okumuyor ya da yazmıyor</translation>
    </message>
    <message>
        <source>analog clock</source>
        <translation>ibreli saat</translation>
    </message>
    <message>
        <source>anemone fish</source>
        <translation>palyaço balığı</translation>
    </message>
    <message>
        <source>ant</source>
        <translation>karınca</translation>
    </message>
    <message>
        <source>apiary</source>
        <translation>arılık</translation>
    </message>
    <message>
        <source>apple</source>
        <translation>elma</translation>
    </message>
    <message>
        <source>apron</source>
        <translation>önlük</translation>
    </message>
    <message>
        <source>armadillo</source>
        <translation>armadillo</translation>
    </message>
    <message>
        <source>artichoke</source>
        <translation>enginar</translation>
    </message>
    <message>
        <source>ashcan</source>
        <translation>çöp kutusu</translation>
    </message>
    <message>
        <source>assault rifle</source>
        <translation>hücum tüfeği</translation>
    </message>
    <message>
        <source>axolotl</source>
        <translation>aksolotl</translation>
    </message>
    <message>
        <source>baboon</source>
        <translation>babun</translation>
    </message>
    <message>
        <source>backpack</source>
        <translation>sırt çantası</translation>
    </message>
    <message>
        <source>badger</source>
        <translation>porsuk</translation>
    </message>
    <message>
        <source>bagel</source>
        <translation>bagel</translation>
    </message>
    <message>
        <source>bakery</source>
        <translation>ekmek fırını</translation>
    </message>
    <message>
        <source>balance beam</source>
        <translation>denge aleti</translation>
    </message>
    <message>
        <source>bald eagle</source>
        <translation>ak başlı kartal</translation>
    </message>
    <message>
        <source>balloon</source>
        <translation>balon</translation>
    </message>
    <message>
        <source>ballplayer</source>
        <translation>beyzbol oyuncusu</translation>
    </message>
    <message>
        <source>ballpoint</source>
        <translation>tükenmez kalem</translation>
    </message>
    <message>
        <source>banana</source>
        <translation>muz</translation>
    </message>
    <message>
        <source>banded gecko</source>
        <translation>bantlı geko</translation>
    </message>
    <message>
        <source>banjo</source>
        <translation>banjo</translation>
    </message>
    <message>
        <source>bannister</source>
        <translation>tırabzan</translation>
    </message>
    <message>
        <source>barbell</source>
        <translation>halter</translation>
    </message>
    <message>
        <source>barber chair</source>
        <translation>berber koltuğu</translation>
    </message>
    <message>
        <source>barbershop</source>
        <translation>berber dükkânı</translation>
    </message>
    <message>
        <source>barn</source>
        <translation>ahır</translation>
    </message>
    <message>
        <source>barn spider</source>
        <translation>ahır örümceği</translation>
    </message>
    <message>
        <source>barometer</source>
        <translation>barometre</translation>
    </message>
    <message>
        <source>barracouta</source>
        <translation>barakuta balığı</translation>
    </message>
    <message>
        <source>barrel</source>
        <translation>fıçı</translation>
    </message>
    <message>
        <source>barrow</source>
        <translation>el arabası</translation>
    </message>
    <message>
        <source>baseball</source>
        <translation>beyzbol topu</translation>
    </message>
    <message>
        <source>baseball bat</source>
        <translation>beyzbol sopası</translation>
    </message>
    <message>
        <source>baseball glove</source>
        <translation>beyzbol eldiveni</translation>
    </message>
    <message>
        <source>basenji</source>
        <translation>basenji</translation>
    </message>
    <message>
        <source>basketball</source>
        <translation>basketbol topu</translation>
    </message>
    <message>
        <source>basset</source>
        <translation>basset hound</translation>
    </message>
    <message>
        <source>bassinet</source>
        <translation>sepet beşik</translation>
    </message>
    <message>
        <source>bassoon</source>
        <translation>fagot</translation>
    </message>
    <message>
        <source>bath towel</source>
        <translation>banyo havlusu</translation>
    </message>
    <message>
        <source>bathing cap</source>
        <translation>bone</translation>
    </message>
    <message>
        <source>bathtub</source>
        <translation>küvet</translation>
    </message>
    <message>
        <source>beach wagon</source>
        <translation>steyşın araba</translation>
    </message>
    <message>
        <source>beacon</source>
        <translation>deniz feneri</translation>
    </message>
    <message>
        <source>beagle</source>
        <translation>beagle</translation>
    </message>
    <message>
        <source>beaker</source>
        <translation>beher</translation>
    </message>
    <message>
        <source>bear</source>
        <translation>ayı</translation>
    </message>
    <message>
        <source>bearskin</source>
        <translation>tüylü asker kalpağı</translation>
    </message>
    <message>
        <source>beaver</source>
        <translation>kunduz</translation>
    </message>
    <message>
        <source>bed</source>
        <translation>yatak</translation>
    </message>
    <message>
        <source>bee</source>
        <translation>arı</translation>
    </message>
    <message>
        <source>bee eater</source>
        <translation>arı kuşu</translation>
    </message>
    <message>
        <source>beer bottle</source>
        <translation>bira şişesi</translation>
    </message>
    <message>
        <source>beer glass</source>
        <translation>bira bardağı</translation>
    </message>
    <message>
        <source>bell cote</source>
        <translation>çan kulesi</translation>
    </message>
    <message>
        <source>bell pepper</source>
        <translation>dolmalık biber</translation>
    </message>
    <message>
        <source>bench</source>
        <translation>bank</translation>
    </message>
    <message>
        <source>bib</source>
        <translation>mama önlüğü</translation>
    </message>
    <message>
        <source>bicycle</source>
        <translation>bisiklet</translation>
    </message>
    <message>
        <source>bicycle-built-for-two</source>
        <translation>iki kişilik bisiklet</translation>
    </message>
    <message>
        <source>bighorn</source>
        <translation>kalın boynuzlu koyun</translation>
    </message>
    <message>
        <source>bikini</source>
        <translation>bikini</translation>
    </message>
    <message>
        <source>binder</source>
        <translation>klasör</translation>
    </message>
    <message>
        <source>binoculars</source>
        <translation>dürbün</translation>
    </message>
    <message>
        <source>bird</source>
        <translation>kuş</translation>
    </message>
    <message>
        <source>birdhouse</source>
        <translation>kuş evi</translation>
    </message>
    <message>
        <source>bison</source>
        <translation>bizon</translation>
    </message>
    <message>
        <source>bittern</source>
        <translation>balaban kuşu</translation>
    </message>
    <message>
        <source>black and gold garden spider</source>
        <translation>sarı siyah bahçe örümceği</translation>
    </message>
    <message>
        <source>black grouse</source>
        <translation>kara orman tavuğu</translation>
    </message>
    <message>
        <source>black stork</source>
        <translation>kara leylek</translation>
    </message>
    <message>
        <source>black swan</source>
        <translation>siyah kuğu</translation>
    </message>
    <message>
        <source>black widow</source>
        <translation>karadul</translation>
    </message>
    <message>
        <source>black-and-tan coonhound</source>
        <translation>siyah taba coonhound</translation>
    </message>
    <message>
        <source>black-footed ferret</source>
        <translation>kara ayaklı gelincik</translation>
    </message>
    <message>
        <source>bloodhound</source>
        <translation>bloodhound</translation>
    </message>
    <message>
        <source>bluetick</source>
        <translation>bluetick coonhound</translation>
    </message>
    <message>
        <source>boa constrictor</source>
        <translation>boa yılanı</translation>
    </message>
    <message>
        <source>boat</source>
        <translation>tekne</translation>
    </message>
    <message>
        <source>boathouse</source>
        <translation>kayıkhane</translation>
    </message>
    <message>
        <source>bobsled</source>
        <translation>yarış kızağı</translation>
    </message>
    <message>
        <source>bolete</source>
        <translation>çörek mantarı</translation>
    </message>
    <message>
        <source>bolo tie</source>
        <translation>bolo kravat</translation>
    </message>
    <message>
        <source>bonnet</source>
        <translation>bağcıklı başlık</translation>
    </message>
    <message>
        <source>book</source>
        <translation>kitap</translation>
    </message>
    <message>
        <source>book jacket</source>
        <translation>kitap kapağı</translation>
    </message>
    <message>
        <source>bookcase</source>
        <translation>kitaplık</translation>
    </message>
    <message>
        <source>bookshop</source>
        <translation>kitapçı</translation>
    </message>
    <message>
        <source>borzoi</source>
        <translation>borzoi</translation>
    </message>
    <message>
        <source>bottle</source>
        <translation>şişe</translation>
    </message>
    <message>
        <source>bottlecap</source>
        <translation>şişe kapağı</translation>
    </message>
    <message>
        <source>bow</source>
        <translation>yay</translation>
    </message>
    <message>
        <source>bow tie</source>
        <translation>papyon</translation>
    </message>
    <message>
        <source>bowl</source>
        <translation>kâse</translation>
    </message>
    <message>
        <source>box turtle</source>
        <translation>kutu kaplumbağası</translation>
    </message>
    <message>
        <source>boxer</source>
        <translation>boxer</translation>
    </message>
    <message>
        <source>brain coral</source>
        <translation>beyin mercanı</translation>
    </message>
    <message>
        <source>brambling</source>
        <translation>dağ ispinozu</translation>
    </message>
    <message>
        <source>brass</source>
        <translation>pirinç anı levhası</translation>
    </message>
    <message>
        <source>brassiere</source>
        <translation>sutyen</translation>
    </message>
    <message>
        <source>breakwater</source>
        <translation>dalgakıran</translation>
    </message>
    <message>
        <source>breastplate</source>
        <translation>göğüs zırhı</translation>
    </message>
    <message>
        <source>briard</source>
        <translation>briard</translation>
    </message>
    <message>
        <source>broccoli</source>
        <translation>brokoli</translation>
    </message>
    <message>
        <source>broom</source>
        <translation>süpürge</translation>
    </message>
    <message>
        <source>brown bear</source>
        <translation>bozayı</translation>
    </message>
    <message>
        <source>bubble</source>
        <translation>baloncuk</translation>
    </message>
    <message>
        <source>bucket</source>
        <translation>kova</translation>
    </message>
    <message>
        <source>buckeye</source>
        <translation>at kestanesi</translation>
    </message>
    <message>
        <source>buckle</source>
        <translation>toka</translation>
    </message>
    <message>
        <source>bulbul</source>
        <translation>Arap bülbülü</translation>
    </message>
    <message>
        <source>bull mastiff</source>
        <translation>bullmastiff</translation>
    </message>
    <message>
        <source>bullet train</source>
        <translation>yüksek hızlı tren</translation>
    </message>
    <message>
        <source>bulletproof vest</source>
        <translation>kurşun geçirmez yelek</translation>
    </message>
    <message>
        <source>bullfrog</source>
        <translation>Amerikan boğa kurbağası</translation>
    </message>
    <message>
        <source>burrito</source>
        <translation>burrito</translation>
    </message>
    <message>
        <source>bus</source>
        <translation>otobüs</translation>
    </message>
    <message>
        <source>bustard</source>
        <translation>toy kuşu</translation>
    </message>
    <message>
        <source>butcher shop</source>
        <translation>kasap</translation>
    </message>
    <message>
        <source>butternut squash</source>
        <translation>butternut kabağı</translation>
    </message>
    <message>
        <source>byte {byte} is not UTF-8: save it as UTF-8</source>
        <translation>{byte}. bayt UTF-8 değil: Dosyayı UTF-8 olarak kaydedin</translation>
    </message>
    <message>
        <source>cab</source>
        <translation>taksi</translation>
    </message>
    <message>
        <source>cabbage butterfly</source>
        <translation>lahana kelebeği</translation>
    </message>
    <message>
        <source>cairn</source>
        <translation>cairn teriyeri</translation>
    </message>
    <message>
        <source>cake</source>
        <translation>pasta</translation>
    </message>
    <message>
        <source>caldron</source>
        <translation>kazan</translation>
    </message>
    <message>
        <source>can opener</source>
        <translation>konserve açacağı</translation>
    </message>
    <message>
        <source>candle</source>
        <translation>mum</translation>
    </message>
    <message>
        <source>cannon</source>
        <translation>savaş topu</translation>
    </message>
    <message>
        <source>canoe</source>
        <translation>kano</translation>
    </message>
    <message>
        <source>capuchin</source>
        <translation>kapuçin maymunu</translation>
    </message>
    <message>
        <source>car</source>
        <translation>araba</translation>
    </message>
    <message>
        <source>car mirror</source>
        <translation>araba aynası</translation>
    </message>
    <message>
        <source>car wheel</source>
        <translation>araba tekerleği</translation>
    </message>
    <message>
        <source>carbonara</source>
        <translation>carbonara</translation>
    </message>
    <message>
        <source>cardigan</source>
        <translation>hırka</translation>
    </message>
    <message>
        <source>cardoon</source>
        <translation>yabani enginar</translation>
    </message>
    <message>
        <source>carousel</source>
        <translation>atlıkarınca</translation>
    </message>
    <message>
        <source>carpenter&apos;s kit</source>
        <translation>marangoz takımı</translation>
    </message>
    <message>
        <source>carrot</source>
        <translation>havuç</translation>
    </message>
    <message>
        <source>carton</source>
        <translation>karton kutu</translation>
    </message>
    <message>
        <source>cash machine</source>
        <translation>bankamatik</translation>
    </message>
    <message>
        <source>cassette</source>
        <translation>kaset</translation>
    </message>
    <message>
        <source>cassette player</source>
        <translation>kasetçalar</translation>
    </message>
    <message>
        <source>castle</source>
        <translation>kale</translation>
    </message>
    <message>
        <source>cat</source>
        <translation>kedi</translation>
    </message>
    <message>
        <source>catamaran</source>
        <translation>katamaran</translation>
    </message>
    <message>
        <source>cauliflower</source>
        <translation>karnabahar</translation>
    </message>
    <message>
        <source>cell phone</source>
        <translation>cep telefonu</translation>
    </message>
    <message>
        <source>cello</source>
        <translation>viyolonsel</translation>
    </message>
    <message>
        <source>cellular telephone</source>
        <translation>cep telefonu</translation>
    </message>
    <message>
        <source>centipede</source>
        <translation>çıyan</translation>
    </message>
    <message>
        <source>chain</source>
        <translation>zincir</translation>
    </message>
    <message>
        <source>chain mail</source>
        <translation>zincir zırh</translation>
    </message>
    <message>
        <source>chain saw</source>
        <translation>zincirli testere</translation>
    </message>
    <message>
        <source>chainlink fence</source>
        <translation>tel örgü</translation>
    </message>
    <message>
        <source>chair</source>
        <translation>sandalye</translation>
    </message>
    <message>
        <source>chambered nautilus</source>
        <translation>notilus</translation>
    </message>
    <message>
        <source>cheeseburger</source>
        <translation>çizburger</translation>
    </message>
    <message>
        <source>cheetah</source>
        <translation>çita</translation>
    </message>
    <message>
        <source>chest</source>
        <translation>sandık</translation>
    </message>
    <message>
        <source>chickadee</source>
        <translation>Amerika baştankarası</translation>
    </message>
    <message>
        <source>chiffonier</source>
        <translation>şifonyer</translation>
    </message>
    <message>
        <source>chime</source>
        <translation>rüzgâr çanı</translation>
    </message>
    <message>
        <source>chimpanzee</source>
        <translation>şempanze</translation>
    </message>
    <message>
        <source>china cabinet</source>
        <translation>vitrinli dolap</translation>
    </message>
    <message>
        <source>chiton</source>
        <translation>kiton</translation>
    </message>
    <message>
        <source>chocolate sauce</source>
        <translation>çikolata sosu</translation>
    </message>
    <message>
        <source>chow</source>
        <translation>chow chow</translation>
    </message>
    <message>
        <source>church</source>
        <translation>kilise</translation>
    </message>
    <message>
        <source>cicada</source>
        <translation>ağustos böceği</translation>
    </message>
    <message>
        <source>cinema</source>
        <translation>sinema</translation>
    </message>
    <message>
        <source>cleaver</source>
        <translation>satır</translation>
    </message>
    <message>
        <source>cliff</source>
        <translation>uçurum</translation>
    </message>
    <message>
        <source>cliff dwelling</source>
        <translation>kaya yerleşimi</translation>
    </message>
    <message>
        <source>cloak</source>
        <translation>pelerin</translation>
    </message>
    <message>
        <source>clock</source>
        <translation>saat</translation>
    </message>
    <message>
        <source>clog</source>
        <translation>takunya</translation>
    </message>
    <message>
        <source>clumber</source>
        <translation>Clumber spanyeli</translation>
    </message>
    <message>
        <source>cock</source>
        <translation>horoz</translation>
    </message>
    <message>
        <source>cocker spaniel</source>
        <translation>cocker spanyel</translation>
    </message>
    <message>
        <source>cockroach</source>
        <translation>hamam böceği</translation>
    </message>
    <message>
        <source>cocktail shaker</source>
        <translation>kokteyl çalkalayıcı</translation>
    </message>
    <message>
        <source>coffee mug</source>
        <translation>kahve kupası</translation>
    </message>
    <message>
        <source>coffeepot</source>
        <translation>kahve demliği</translation>
    </message>
    <message>
        <source>coho</source>
        <translation>gümüş somon</translation>
    </message>
    <message>
        <source>coil</source>
        <translation>sarmal</translation>
    </message>
    <message>
        <source>collie</source>
        <translation>collie</translation>
    </message>
    <message>
        <source>colobus</source>
        <translation>kolobus</translation>
    </message>
    <message>
        <source>combination lock</source>
        <translation>şifreli kilit</translation>
    </message>
    <message>
        <source>comic book</source>
        <translation>çizgi roman</translation>
    </message>
    <message>
        <source>common iguana</source>
        <translation>yeşil iguana</translation>
    </message>
    <message>
        <source>common newt</source>
        <translation>küçük semender</translation>
    </message>
    <message>
        <source>computer keyboard</source>
        <translation>bilgisayar klavyesi</translation>
    </message>
    <message>
        <source>conch</source>
        <translation>büyük deniz salyangozu</translation>
    </message>
    <message>
        <source>confectionery</source>
        <translation>şekerci</translation>
    </message>
    <message>
        <source>consomme</source>
        <translation>konsome</translation>
    </message>
    <message>
        <source>container ship</source>
        <translation>konteyner gemisi</translation>
    </message>
    <message>
        <source>convertible</source>
        <translation>üstü açılır araba</translation>
    </message>
    <message>
        <source>coral fungus</source>
        <translation>mercan mantarı</translation>
    </message>
    <message>
        <source>coral reef</source>
        <translation>mercan resifi</translation>
    </message>
    <message>
        <source>corkscrew</source>
        <translation>tirbuşon</translation>
    </message>
    <message>
        <source>corn</source>
        <translation>mısır</translation>
    </message>
    <message>
        <source>cornet</source>
        <translation>kornet</translation>
    </message>
    <message>
        <source>coucal</source>
        <translation>kukal</translation>
    </message>
    <message>
        <source>couch</source>
        <translation>kanepe</translation>
    </message>
    <message>
        <source>cougar</source>
        <translation>puma</translation>
    </message>
    <message>
        <source>cow</source>
        <translation>inek</translation>
    </message>
    <message>
        <source>cowboy boot</source>
        <translation>kovboy çizmesi</translation>
    </message>
    <message>
        <source>cowboy hat</source>
        <translation>kovboy şapkası</translation>
    </message>
    <message>
        <source>coyote</source>
        <translation>kır kurdu</translation>
    </message>
    <message>
        <source>cradle</source>
        <translation>beşik</translation>
    </message>
    <message>
        <source>crane</source>
        <translation>turna</translation>
    </message>
    <message>
        <source>crane (machine)</source>
        <translation>vinç</translation>
    </message>
    <message>
        <source>crash helmet</source>
        <translation>kask</translation>
    </message>
    <message>
        <source>crate</source>
        <translation>ahşap kasa</translation>
    </message>
    <message>
        <source>crayfish</source>
        <translation>kerevit</translation>
    </message>
    <message>
        <source>crib</source>
        <translation>bebek karyolası</translation>
    </message>
    <message>
        <source>cricket</source>
        <translation>cırcır böceği</translation>
    </message>
    <message>
        <source>cropped</source>
        <translation>kırpılmış</translation>
    </message>
    <message>
        <source>croquet ball</source>
        <translation>kroket topu</translation>
    </message>
    <message>
        <source>crossword puzzle</source>
        <translation>bulmaca</translation>
    </message>
    <message>
        <source>crutch</source>
        <translation>koltuk değneği</translation>
    </message>
    <message>
        <source>cucumber</source>
        <translation>salatalık</translation>
    </message>
    <message>
        <source>cuirass</source>
        <translation>göğüs ve sırt zırhı</translation>
    </message>
    <message>
        <source>cup</source>
        <translation>fincan</translation>
    </message>
    <message>
        <source>curly-coated retriever</source>
        <translation>kıvırcık tüylü retriever</translation>
    </message>
    <message>
        <source>custard apple</source>
        <translation>çerimoya</translation>
    </message>
    <message>
        <source>daisy</source>
        <translation>papatya</translation>
    </message>
    <message>
        <source>dalmatian</source>
        <translation>Dalmaçyalı</translation>
    </message>
    <message>
        <source>dam</source>
        <translation>baraj</translation>
    </message>
    <message>
        <source>damselfly</source>
        <translation>kız böceği</translation>
    </message>
    <message>
        <source>desk</source>
        <translation>çalışma masası</translation>
    </message>
    <message>
        <source>desktop computer</source>
        <translation>masaüstü bilgisayar</translation>
    </message>
    <message>
        <source>dhole</source>
        <translation>Asya yaban köpeği</translation>
    </message>
    <message>
        <source>dial telephone</source>
        <translation>çevirmeli telefon</translation>
    </message>
    <message>
        <source>diamondback</source>
        <translation>elmas sırtlı çıngıraklı yılan</translation>
    </message>
    <message>
        <source>diaper</source>
        <translation>bebek bezi</translation>
    </message>
    <message>
        <source>digital clock</source>
        <translation>dijital saat</translation>
    </message>
    <message>
        <source>digital watch</source>
        <translation>dijital kol saati</translation>
    </message>
    <message>
        <source>dingo</source>
        <translation>dingo</translation>
    </message>
    <message>
        <source>dining table</source>
        <translation>yemek masası</translation>
    </message>
    <message>
        <source>dishrag</source>
        <translation>bulaşık bezi</translation>
    </message>
    <message>
        <source>dishwasher</source>
        <translation>bulaşık makinesi</translation>
    </message>
    <message>
        <source>disk brake</source>
        <translation>disk fren</translation>
    </message>
    <message>
        <source>dock</source>
        <translation>rıhtım</translation>
    </message>
    <message>
        <source>dog</source>
        <translation>köpek</translation>
    </message>
    <message>
        <source>dogsled</source>
        <translation>köpekli kızak</translation>
    </message>
    <message>
        <source>dome</source>
        <translation>kubbe</translation>
    </message>
    <message>
        <source>donut</source>
        <translation>donut</translation>
    </message>
    <message>
        <source>doormat</source>
        <translation>paspas</translation>
    </message>
    <message>
        <source>dough</source>
        <translation>hamur</translation>
    </message>
    <message>
        <source>dowitcher</source>
        <translation>kısa gagalı kum çulluğu</translation>
    </message>
    <message>
        <source>dragonfly</source>
        <translation>yusufçuk</translation>
    </message>
    <message>
        <source>drake</source>
        <translation>erkek ördek</translation>
    </message>
    <message>
        <source>drilling platform</source>
        <translation>petrol platformu</translation>
    </message>
    <message>
        <source>drum</source>
        <translation>davul</translation>
    </message>
    <message>
        <source>drumstick</source>
        <translation>baget</translation>
    </message>
    <message>
        <source>dugong</source>
        <translation>dugong</translation>
    </message>
    <message>
        <source>dumbbell</source>
        <translation>dambıl</translation>
    </message>
    <message>
        <source>dung beetle</source>
        <translation>gübre böceği</translation>
    </message>
    <message>
        <source>ear</source>
        <translation>mısır koçanı</translation>
    </message>
    <message>
        <source>earthstar</source>
        <translation>yer yıldızı mantarı</translation>
    </message>
    <message>
        <source>echidna</source>
        <translation>ekidne</translation>
    </message>
    <message>
        <source>eel</source>
        <translation>yılan balığı</translation>
    </message>
    <message>
        <source>eft</source>
        <translation>kızıl benekli semender yavrusu</translation>
    </message>
    <message>
        <source>eggnog</source>
        <translation>yumurtalı likör</translation>
    </message>
    <message>
        <source>electric fan</source>
        <translation>vantilatör</translation>
    </message>
    <message>
        <source>electric guitar</source>
        <translation>elektro gitar</translation>
    </message>
    <message>
        <source>electric locomotive</source>
        <translation>elektrikli lokomotif</translation>
    </message>
    <message>
        <source>electric ray</source>
        <translation>elektrikli vatoz</translation>
    </message>
    <message>
        <source>elephant</source>
        <translation>fil</translation>
    </message>
    <message>
        <source>entertainment center</source>
        <translation>televizyon ünitesi</translation>
    </message>
    <message>
        <source>envelope</source>
        <translation>zarf</translation>
    </message>
    <message>
        <source>espresso</source>
        <translation>espresso</translation>
    </message>
    <message>
        <source>espresso maker</source>
        <translation>espresso makinesi</translation>
    </message>
    <message>
        <source>face powder</source>
        <translation>yüz pudrası</translation>
    </message>
    <message>
        <source>feather boa</source>
        <translation>tüylü boyunluk</translation>
    </message>
    <message>
        <source>fiddler crab</source>
        <translation>kemancı yengeç</translation>
    </message>
    <message>
        <source>fig</source>
        <translation>incir</translation>
    </message>
    <message>
        <source>file</source>
        <translation>dosya dolabı</translation>
    </message>
    <message>
        <source>fire engine</source>
        <translation>itfaiye aracı</translation>
    </message>
    <message>
        <source>fire hydrant</source>
        <translation>yangın musluğu</translation>
    </message>
    <message>
        <source>fire screen</source>
        <translation>şömine paravanı</translation>
    </message>
    <message>
        <source>fireboat</source>
        <translation>yangın söndürme gemisi</translation>
    </message>
    <message>
        <source>flagpole</source>
        <translation>bayrak direği</translation>
    </message>
    <message>
        <source>flamingo</source>
        <translation>flamingo</translation>
    </message>
    <message>
        <source>flat-coated retriever</source>
        <translation>düz tüylü retriever</translation>
    </message>
    <message>
        <source>flatworm</source>
        <translation>yassı solucan</translation>
    </message>
    <message>
        <source>flute</source>
        <translation>flüt</translation>
    </message>
    <message>
        <source>fly</source>
        <translation>sinek</translation>
    </message>
    <message>
        <source>folding chair</source>
        <translation>katlanır sandalye</translation>
    </message>
    <message>
        <source>football helmet</source>
        <translation>Amerikan futbolu kaskı</translation>
    </message>
    <message>
        <source>foreground</source>
        <translation>ön plan</translation>
    </message>
    <message>
        <source>fork</source>
        <translation>çatal</translation>
    </message>
    <message>
        <source>forklift</source>
        <translation>forklift</translation>
    </message>
    <message>
        <source>fountain</source>
        <translation>fıskiye</translation>
    </message>
    <message>
        <source>fountain pen</source>
        <translation>dolma kalem</translation>
    </message>
    <message>
        <source>four-poster</source>
        <translation>direkli karyola</translation>
    </message>
    <message>
        <source>fox squirrel</source>
        <translation>tilki sincabı</translation>
    </message>
    <message>
        <source>freight car</source>
        <translation>yük vagonu</translation>
    </message>
    <message>
        <source>frilled lizard</source>
        <translation>yakalı kertenkele</translation>
    </message>
    <message>
        <source>frisbee</source>
        <translation>frizbi</translation>
    </message>
    <message>
        <source>from here on it is not valid JSON</source>
        <translation>buradan sonrası geçerli JSON değil</translation>
    </message>
    <message>
        <source>frying pan</source>
        <translation>tava</translation>
    </message>
    <message>
        <source>fur coat</source>
        <translation>kürk manto</translation>
    </message>
    <message>
        <source>gar</source>
        <translation>gar balığı</translation>
    </message>
    <message>
        <source>garbage truck</source>
        <translation>çöp kamyonu</translation>
    </message>
    <message>
        <source>garden spider</source>
        <translation>bahçe örümceği</translation>
    </message>
    <message>
        <source>garter snake</source>
        <translation>jartiyer yılanı</translation>
    </message>
    <message>
        <source>gas pump</source>
        <translation>benzin pompası</translation>
    </message>
    <message>
        <source>gasmask</source>
        <translation>gaz maskesi</translation>
    </message>
    <message>
        <source>gazelle</source>
        <translation>ceylan</translation>
    </message>
    <message>
        <source>geyser</source>
        <translation>gayzer</translation>
    </message>
    <message>
        <source>giant panda</source>
        <translation>dev panda</translation>
    </message>
    <message>
        <source>giant schnauzer</source>
        <translation>dev schnauzer</translation>
    </message>
    <message>
        <source>gibbon</source>
        <translation>gibon</translation>
    </message>
    <message>
        <source>giraffe</source>
        <translation>zürafa</translation>
    </message>
    <message>
        <source>go-kart</source>
        <translation>go-kart</translation>
    </message>
    <message>
        <source>goblet</source>
        <translation>kadeh</translation>
    </message>
    <message>
        <source>golden retriever</source>
        <translation>golden retriever</translation>
    </message>
    <message>
        <source>goldfinch</source>
        <translation>saka kuşu</translation>
    </message>
    <message>
        <source>goldfish</source>
        <translation>Japon balığı</translation>
    </message>
    <message>
        <source>golf ball</source>
        <translation>golf topu</translation>
    </message>
    <message>
        <source>golfcart</source>
        <translation>golf arabası</translation>
    </message>
    <message>
        <source>gondola</source>
        <translation>gondol</translation>
    </message>
    <message>
        <source>gong</source>
        <translation>gong</translation>
    </message>
    <message>
        <source>goose</source>
        <translation>kaz</translation>
    </message>
    <message>
        <source>gorilla</source>
        <translation>goril</translation>
    </message>
    <message>
        <source>gown</source>
        <translation>gece elbisesi</translation>
    </message>
    <message>
        <source>grand piano</source>
        <translation>kuyruklu piyano</translation>
    </message>
    <message>
        <source>grasshopper</source>
        <translation>çekirge</translation>
    </message>
    <message>
        <source>great grey owl</source>
        <translation>büyük gri baykuş</translation>
    </message>
    <message>
        <source>great white shark</source>
        <translation>büyük beyaz köpek balığı</translation>
    </message>
    <message>
        <source>green lizard</source>
        <translation>yeşil kertenkele</translation>
    </message>
    <message>
        <source>green mamba</source>
        <translation>yeşil mamba</translation>
    </message>
    <message>
        <source>green snake</source>
        <translation>yeşil yılan</translation>
    </message>
    <message>
        <source>greenhouse</source>
        <translation>sera</translation>
    </message>
    <message>
        <source>grey</source>
        <translation>gri</translation>
    </message>
    <message>
        <source>grey fox</source>
        <translation>gri tilki</translation>
    </message>
    <message>
        <source>grey whale</source>
        <translation>gri balina</translation>
    </message>
    <message>
        <source>grille</source>
        <translation>radyatör ızgarası</translation>
    </message>
    <message>
        <source>grocery store</source>
        <translation>bakkal</translation>
    </message>
    <message>
        <source>groenendael</source>
        <translation>Groenendael</translation>
    </message>
    <message>
        <source>groom</source>
        <translation>damat</translation>
    </message>
    <message>
        <source>ground beetle</source>
        <translation>toprak böceği</translation>
    </message>
    <message>
        <source>guacamole</source>
        <translation>guacamole</translation>
    </message>
    <message>
        <source>guenon</source>
        <translation>guenon maymunu</translation>
    </message>
    <message>
        <source>guillotine</source>
        <translation>giyotin</translation>
    </message>
    <message>
        <source>guinea pig</source>
        <translation>kobay</translation>
    </message>
    <message>
        <source>gyromitra</source>
        <translation>yalancı kuzugöbeği</translation>
    </message>
    <message>
        <source>hair drier</source>
        <translation>saç kurutma makinesi</translation>
    </message>
    <message>
        <source>hair slide</source>
        <translation>saç tokası</translation>
    </message>
    <message>
        <source>hair spray</source>
        <translation>saç spreyi</translation>
    </message>
    <message>
        <source>half track</source>
        <translation>yarı paletli araç</translation>
    </message>
    <message>
        <source>hammer</source>
        <translation>çekiç</translation>
    </message>
    <message>
        <source>hammerhead</source>
        <translation>çekiç başlı köpek balığı</translation>
    </message>
    <message>
        <source>hamper</source>
        <translation>çamaşır sepeti</translation>
    </message>
    <message>
        <source>hamster</source>
        <translation>hamster</translation>
    </message>
    <message>
        <source>hand blower</source>
        <translation>saç kurutma makinesi</translation>
    </message>
    <message>
        <source>hand-held computer</source>
        <translation>avuç içi bilgisayar</translation>
    </message>
    <message>
        <source>handbag</source>
        <translation>el çantası</translation>
    </message>
    <message>
        <source>handkerchief</source>
        <translation>mendil</translation>
    </message>
    <message>
        <source>hard disc</source>
        <translation>sabit disk</translation>
    </message>
    <message>
        <source>hare</source>
        <translation>yaban tavşanı</translation>
    </message>
    <message>
        <source>harmonica</source>
        <translation>mızıka</translation>
    </message>
    <message>
        <source>harp</source>
        <translation>arp</translation>
    </message>
    <message>
        <source>hartebeest</source>
        <translation>kongoni antilobu</translation>
    </message>
    <message>
        <source>harvester</source>
        <translation>biçerdöver</translation>
    </message>
    <message>
        <source>harvestman</source>
        <translation>otbiçen</translation>
    </message>
    <message>
        <source>hatchet</source>
        <translation>balta</translation>
    </message>
    <message>
        <source>hay</source>
        <translation>kuru ot</translation>
    </message>
    <message>
        <source>head cabbage</source>
        <translation>baş lahana</translation>
    </message>
    <message>
        <source>hen</source>
        <translation>tavuk</translation>
    </message>
    <message>
        <source>hen-of-the-woods</source>
        <translation>maitake mantarı</translation>
    </message>
    <message>
        <source>hermit crab</source>
        <translation>keşiş yengeci</translation>
    </message>
    <message>
        <source>hip</source>
        <translation>kuşburnu</translation>
    </message>
    <message>
        <source>hippopotamus</source>
        <translation>su aygırı</translation>
    </message>
    <message>
        <source>hog</source>
        <translation>domuz</translation>
    </message>
    <message>
        <source>hognose snake</source>
        <translation>domuz burunlu yılan</translation>
    </message>
    <message>
        <source>holster</source>
        <translation>tabanca kılıfı</translation>
    </message>
    <message>
        <source>home theater</source>
        <translation>ev sineması</translation>
    </message>
    <message>
        <source>honeycomb</source>
        <translation>petek</translation>
    </message>
    <message>
        <source>hook</source>
        <translation>kanca</translation>
    </message>
    <message>
        <source>hoopskirt</source>
        <translation>çemberli etek</translation>
    </message>
    <message>
        <source>horizontal bar</source>
        <translation>barfiks</translation>
    </message>
    <message>
        <source>hornbill</source>
        <translation>boynuzgaga</translation>
    </message>
    <message>
        <source>horned viper</source>
        <translation>boynuzlu engerek</translation>
    </message>
    <message>
        <source>horse</source>
        <translation>at</translation>
    </message>
    <message>
        <source>horse cart</source>
        <translation>at arabası</translation>
    </message>
    <message>
        <source>hot dog</source>
        <translation>sosisli sandviç</translation>
    </message>
    <message>
        <source>hot pot</source>
        <translation>Çin güveci</translation>
    </message>
    <message>
        <source>hotdog</source>
        <translation>sosisli sandviç</translation>
    </message>
    <message>
        <source>hourglass</source>
        <translation>kum saati</translation>
    </message>
    <message>
        <source>house finch</source>
        <translation>ev ispinozu</translation>
    </message>
    <message>
        <source>how many numbers {operators} gives depends on the picture, and where there are none, OpenCV crashes</source>
        <translation>{operators} işlecinin kaç sayı verdiği görüntüye bağlı; hiç sayı çıkmazsa OpenCV çöküyor</translation>
    </message>
    <message>
        <source>howler monkey</source>
        <translation>uluyan maymun</translation>
    </message>
    <message>
        <source>hummingbird</source>
        <translation>sinek kuşu</translation>
    </message>
    <message>
        <source>hyena</source>
        <translation>sırtlan</translation>
    </message>
    <message>
        <source>iPod</source>
        <translation>iPod</translation>
    </message>
    <message>
        <source>ibex</source>
        <translation>dağ keçisi</translation>
    </message>
    <message>
        <source>ice bear</source>
        <translation>kutup ayısı</translation>
    </message>
    <message>
        <source>ice cream</source>
        <translation>dondurma</translation>
    </message>
    <message>
        <source>ice lolly</source>
        <translation>çubuk dondurma</translation>
    </message>
    <message>
        <source>impala</source>
        <translation>impala</translation>
    </message>
    <message>
        <source>in a letterbox</source>
        <translation>boşluk eklenerek sığdırılmış</translation>
    </message>
    <message>
        <source>indigo bunting</source>
        <translation>çivit kiraz kuşu</translation>
    </message>
    <message>
        <source>indri</source>
        <translation>indri</translation>
    </message>
    <message>
        <source>iron</source>
        <translation>ütü</translation>
    </message>
    <message>
        <source>isopod</source>
        <translation>tespih böceği</translation>
    </message>
    <message>
        <source>it breaks off before its end</source>
        <translation>yarıda kesiliyor</translation>
    </message>
    <message>
        <source>it cannot be opened</source>
        <translation>açılamıyor</translation>
    </message>
    <message>
        <source>it cannot be reached over the network</source>
        <translation>ağ üzerinden ulaşılamıyor</translation>
    </message>
    <message>
        <source>it copies a side that is not there</source>
        <translation>olmayan bir boyutu kopyalıyor</translation>
    </message>
    <message>
        <source>it gives corners and one score a class</source>
        <translation>köşeleri ve sınıf başına bir puan veriyor</translation>
    </message>
    <message>
        <source>it gives corners, scores and classes of the boxes that it has chosen</source>
        <translation>seçtiği kutuların köşelerini, puanlarını ve sınıflarını veriyor</translation>
    </message>
    <message>
        <source>it has boxes of its own for each class</source>
        <translation>her sınıf için ayrı kutuları var</translation>
    </message>
    <message>
        <source>it has no input</source>
        <translation>girdisi yok</translation>
    </message>
    <message>
        <source>it has no output</source>
        <translation>çıktısı yok</translation>
    </message>
    <message>
        <source>it has no outputs</source>
        <translation>hiç çıktısı yok</translation>
    </message>
    <message>
        <source>it has no schema_version</source>
        <translation>schema_version alanı yok</translation>
    </message>
    <message>
        <source>it has {count} layers, more than {most}</source>
        <translation>{count} katmanı var, en çok {most} olabilir</translation>
    </message>
    <message>
        <source>it holds a file that belongs to no project</source>
        <translation>projeye ait olmayan bir dosya içeriyor</translation>
    </message>
    <message>
        <source>it holds a file twice</source>
        <translation>bir dosyayı iki kez içeriyor</translation>
    </message>
    <message>
        <source>it holds a link</source>
        <translation>bir bağlantı içeriyor</translation>
    </message>
    <message>
        <source>it holds no layers</source>
        <translation>içinde katman yok</translation>
    </message>
    <message>
        <source>it holds something else</source>
        <translation>içinde başka bir şey var</translation>
    </message>
    <message>
        <source>it holds too many files</source>
        <translation>çok fazla dosya içeriyor</translation>
    </message>
    <message>
        <source>it is a folder</source>
        <translation>bu bir klasör</translation>
    </message>
    <message>
        <source>it is a pointer of Git LFS, in place of the model</source>
        <translation>bu, modelin kendisi değil, Git LFS’in bir işaretçisi</translation>
    </message>
    <message>
        <source>it is a web page, in place of the model</source>
        <translation>bu, modelin kendisi değil, bir web sayfası</translation>
    </message>
    <message>
        <source>it is an archive with a model in it; unpack it first</source>
        <translation>bu, içinde model olan bir arşiv; önce açın</translation>
    </message>
    <message>
        <source>it is damaged, or a file of another kind</source>
        <translation>bozuk ya da başka türden bir dosya</translation>
    </message>
    <message>
        <source>it is missing or in use by another program</source>
        <translation>yok ya da başka bir program kullanıyor</translation>
    </message>
    <message>
        <source>it is neither ONNX nor Caffe</source>
        <translation>ne ONNX ne de Caffe modeli</translation>
    </message>
    <message>
        <source>it is not UTF-8 text</source>
        <translation>UTF-8 metin değil</translation>
    </message>
    <message>
        <source>it lacks {operators}</source>
        <translation>şunlar eksik: {operators}</translation>
    </message>
    <message>
        <source>it names no input; give the deploy prototxt</source>
        <translation>girdi belirtmiyor; deploy prototxt dosyasını seçin</translation>
    </message>
    <message>
        <source>it needs one coefficient for each input</source>
        <translation>her girdi için bir katsayı gerekiyor</translation>
    </message>
    <message>
        <source>it needs one or four variances</source>
        <translation>bir ya da dört varyans gerekir</translation>
    </message>
    <message>
        <source>it takes {shape}</source>
        <translation>{shape} alıyor</translation>
    </message>
    <message>
        <source>it wants a map and the picture</source>
        <translation>bir harita ile görüntüyü ister</translation>
    </message>
    <message>
        <source>it wants offsets, scores and anchors</source>
        <translation>farkları, puanları ve çapa kutularını ister</translation>
    </message>
    <message>
        <source>it wants pictures</source>
        <translation>görüntü istiyor</translation>
    </message>
    <message>
        <source>it wants pictures, not {shape}</source>
        <translation>{shape} değil, görüntü istiyor</translation>
    </message>
    <message>
        <source>it was unplugged or gives no picture</source>
        <translation>bağlantısı kesilmiş ya da görüntü vermiyor</translation>
    </message>
    <message>
        <source>its axis or num_axes is wrong</source>
        <translation>axis ya da num_axes değeri yanlış</translation>
    </message>
    <message>
        <source>its classes are not what they were</source>
        <translation>sınıfları değişmiş</translation>
    </message>
    <message>
        <source>its code_type {code} is unknown</source>
        <translation>code_type değeri {code} bilinmiyor</translation>
    </message>
    <message>
        <source>its description is too large</source>
        <translation>tanımı çok büyük</translation>
    </message>
    <message>
        <source>its description says so</source>
        <translation>tanımında böyle yazıyor</translation>
    </message>
    <message>
        <source>its end_axis lies before its axis</source>
        <translation>end_axis değeri axis değerinden önce</translation>
    </message>
    <message>
        <source>its file does not say what it takes</source>
        <translation>dosyası ne aldığını söylemiyor</translation>
    </message>
    <message>
        <source>its file is not in memory</source>
        <translation>dosyası bellekte değil</translation>
    </message>
    <message>
        <source>its file says so</source>
        <translation>dosyasında böyle yazıyor</translation>
    </message>
    <message>
        <source>its graph does not hold together</source>
        <translation>çizgesi tutarlı değil</translation>
    </message>
    <message>
        <source>its graph is empty</source>
        <translation>çizgesi boş</translation>
    </message>
    <message>
        <source>its kernel, stride or pad is wrong</source>
        <translation>kernel, stride ya da pad değeri yanlış</translation>
    </message>
    <message>
        <source>its kernel, stride, pad, dilation, group or num_output is wrong</source>
        <translation>kernel, stride, pad, dilation, group ya da num_output değeri yanlış</translation>
    </message>
    <message>
        <source>its local_size must be odd</source>
        <translation>local_size değeri tek olmalı</translation>
    </message>
    <message>
        <source>its maps would need {megabytes} MB</source>
        <translation>haritaları için {megabytes} MB bellek gerekir</translation>
    </message>
    <message>
        <source>its name is too long</source>
        <translation>adı çok uzun</translation>
    </message>
    <message>
        <source>its num_output is missing</source>
        <translation>num_output değeri eksik</translation>
    </message>
    <message>
        <source>its operation {operation} is unknown</source>
        <translation>{operation} işlemi bilinmiyor</translation>
    </message>
    <message>
        <source>its order is wrong</source>
        <translation>sırası yanlış</translation>
    </message>
    <message>
        <source>its output is not a list of classes but {count} numbers straight from a normalisation</source>
        <translation>çıktısı bir sınıf listesi değil, normalleştirmeden yeni çıkmış {count} sayı</translation>
    </message>
    <message>
        <source>its output is not a list of classes but {count} numbers, a vector of length 1</source>
        <translation>çıktısı bir sınıf listesi değil, uzunluğu 1 olan bir vektör oluşturan {count} sayı</translation>
    </message>
    <message>
        <source>its output of {shape} has one row a box</source>
        <translation>{shape} biçimli çıktısında kutu başına bir satır var</translation>
    </message>
    <message>
        <source>its output of {shape} is a mask</source>
        <translation>{shape} biçimli çıktısı bir maske</translation>
    </message>
    <message>
        <source>its outputs are the grids of a YOLO of {width} x {height}</source>
        <translation>çıktıları {width} x {height} boyutlu bir YOLO’nun ızgaraları</translation>
    </message>
    <message>
        <source>its outputs have the shapes {shapes}</source>
        <translation>çıktılarının biçimleri {shapes}</translation>
    </message>
    <message>
        <source>its pictures are larger than it is</source>
        <translation>görüntüleri kendisinden büyük</translation>
    </message>
    <message>
        <source>its pictures are packed in another way</source>
        <translation>görüntüleri başka biçimde paketlenmiş</translation>
    </message>
    <message>
        <source>its pooling {method} is not one of MAX and AVE</source>
        <translation>{method} havuzlaması MAX ya da AVE değil</translation>
    </message>
    <message>
        <source>its preprocessing is not what it was</source>
        <translation>ön işlemesi değişmiş</translation>
    </message>
    <message>
        <source>its sizes are wrong</source>
        <translation>boyutları yanlış</translation>
    </message>
    <message>
        <source>its split is not what it was</source>
        <translation>ayrımı değişmiş</translation>
    </message>
    <message>
        <source>its weights are missing from the caffemodel</source>
        <translation>ağırlıkları caffemodel dosyasında yok</translation>
    </message>
    <message>
        <source>its weights cannot be read</source>
        <translation>ağırlıkları okunamıyor</translation>
    </message>
    <message>
        <source>its {boxes} boxes are as many as the anchors of an SSD of {width} x {height}</source>
        <translation>{boxes} kutusu, {width} x {height} boyutlu bir SSD’nin çapa kutuları kadar</translation>
    </message>
    <message>
        <source>its {boxes} boxes are three for each cell of a YOLO of {width} x {height}</source>
        <translation>{boxes} kutusu, {width} x {height} boyutlu bir YOLO’nun her hücresi için üçer tane</translation>
    </message>
    <message>
        <source>jacamar</source>
        <translation>jakamar</translation>
    </message>
    <message>
        <source>jack-o&apos;-lantern</source>
        <translation>oyma balkabağı</translation>
    </message>
    <message>
        <source>jackfruit</source>
        <translation>jak meyvesi</translation>
    </message>
    <message>
        <source>jaguar</source>
        <translation>jaguar</translation>
    </message>
    <message>
        <source>jay</source>
        <translation>alakarga</translation>
    </message>
    <message>
        <source>jean</source>
        <translation>kot pantolon</translation>
    </message>
    <message>
        <source>jeep</source>
        <translation>cip</translation>
    </message>
    <message>
        <source>jellyfish</source>
        <translation>denizanası</translation>
    </message>
    <message>
        <source>jersey</source>
        <translation>tişört</translation>
    </message>
    <message>
        <source>jigsaw puzzle</source>
        <translation>yapboz</translation>
    </message>
    <message>
        <source>jinrikisha</source>
        <translation>çekçek</translation>
    </message>
    <message>
        <source>joystick</source>
        <translation>oyun kolu</translation>
    </message>
    <message>
        <source>junco</source>
        <translation>junko</translation>
    </message>
    <message>
        <source>keeshond</source>
        <translation>keeshond</translation>
    </message>
    <message>
        <source>kelpie</source>
        <translation>kelpie</translation>
    </message>
    <message>
        <source>keyboard</source>
        <translation>klavye</translation>
    </message>
    <message>
        <source>killer whale</source>
        <translation>katil balina</translation>
    </message>
    <message>
        <source>kimono</source>
        <translation>kimono</translation>
    </message>
    <message>
        <source>king crab</source>
        <translation>kral yengeci</translation>
    </message>
    <message>
        <source>king penguin</source>
        <translation>kral penguen</translation>
    </message>
    <message>
        <source>king snake</source>
        <translation>kral yılanı</translation>
    </message>
    <message>
        <source>kit fox</source>
        <translation>kit tilkisi</translation>
    </message>
    <message>
        <source>kite</source>
        <translation>uçurtma</translation>
    </message>
    <message>
        <source>kite (bird)</source>
        <translation>çaylak</translation>
    </message>
    <message>
        <source>knee pad</source>
        <translation>dizlik</translation>
    </message>
    <message>
        <source>knife</source>
        <translation>bıçak</translation>
    </message>
    <message>
        <source>knot</source>
        <translation>düğüm</translation>
    </message>
    <message>
        <source>koala</source>
        <translation>koala</translation>
    </message>
    <message>
        <source>komondor</source>
        <translation>komondor</translation>
    </message>
    <message>
        <source>kuvasz</source>
        <translation>kuvasz</translation>
    </message>
    <message>
        <source>lab coat</source>
        <translation>laboratuvar önlüğü</translation>
    </message>
    <message>
        <source>labels of the whole picture</source>
        <translation>görüntünün bütününün etiketleri</translation>
    </message>
    <message>
        <source>lacewing</source>
        <translation>dantel kanatlı böcek</translation>
    </message>
    <message>
        <source>ladle</source>
        <translation>kepçe</translation>
    </message>
    <message>
        <source>ladybug</source>
        <translation>uğur böceği</translation>
    </message>
    <message>
        <source>lakeside</source>
        <translation>göl kıyısı</translation>
    </message>
    <message>
        <source>lampshade</source>
        <translation>abajur</translation>
    </message>
    <message>
        <source>langur</source>
        <translation>langur</translation>
    </message>
    <message>
        <source>laptop</source>
        <translation>dizüstü bilgisayar</translation>
    </message>
    <message>
        <source>lawn mower</source>
        <translation>çim biçme makinesi</translation>
    </message>
    <message>
        <source>leaf beetle</source>
        <translation>yaprak böceği</translation>
    </message>
    <message>
        <source>leafhopper</source>
        <translation>yaprak piresi</translation>
    </message>
    <message>
        <source>leatherback turtle</source>
        <translation>deri sırtlı deniz kaplumbağası</translation>
    </message>
    <message>
        <source>lemon</source>
        <translation>limon</translation>
    </message>
    <message>
        <source>lens cap</source>
        <translation>objektif kapağı</translation>
    </message>
    <message>
        <source>leopard</source>
        <translation>leopar</translation>
    </message>
    <message>
        <source>lesser panda</source>
        <translation>kızıl panda</translation>
    </message>
    <message>
        <source>lesson.json has no step {name}</source>
        <translation>lesson.json içinde {name} adımı yok</translation>
    </message>
    <message>
        <source>lesson.json has no {kind} {name} in {step}</source>
        <translation>lesson.json içinde, {step} adımında böyle bir şey yok: {kind} {name}</translation>
    </message>
    <message>
        <source>letter opener</source>
        <translation>mektup açacağı</translation>
    </message>
    <message>
        <source>library</source>
        <translation>kütüphane</translation>
    </message>
    <message>
        <source>lifeboat</source>
        <translation>can filikası</translation>
    </message>
    <message>
        <source>lighter</source>
        <translation>çakmak</translation>
    </message>
    <message>
        <source>limousine</source>
        <translation>limuzin</translation>
    </message>
    <message>
        <source>limpkin</source>
        <translation>limpkin</translation>
    </message>
    <message>
        <source>liner</source>
        <translation>yolcu gemisi</translation>
    </message>
    <message>
        <source>lion</source>
        <translation>aslan</translation>
    </message>
    <message>
        <source>lionfish</source>
        <translation>aslan balığı</translation>
    </message>
    <message>
        <source>lipstick</source>
        <translation>ruj</translation>
    </message>
    <message>
        <source>little blue heron</source>
        <translation>küçük mavi balıkçıl</translation>
    </message>
    <message>
        <source>llama</source>
        <translation>lama</translation>
    </message>
    <message>
        <source>loggerhead</source>
        <translation>iribaş deniz kaplumbağası</translation>
    </message>
    <message>
        <source>long-horned beetle</source>
        <translation>teke böceği</translation>
    </message>
    <message>
        <source>lorikeet</source>
        <translation>lori papağanı</translation>
    </message>
    <message>
        <source>lotion</source>
        <translation>losyon</translation>
    </message>
    <message>
        <source>loudspeaker</source>
        <translation>hoparlör</translation>
    </message>
    <message>
        <source>loupe</source>
        <translation>büyüteç</translation>
    </message>
    <message>
        <source>lumbermill</source>
        <translation>kereste fabrikası</translation>
    </message>
    <message>
        <source>lycaenid</source>
        <translation>çokgözlü kelebek</translation>
    </message>
    <message>
        <source>lynx</source>
        <translation>vaşak</translation>
    </message>
    <message>
        <source>macaque</source>
        <translation>makak</translation>
    </message>
    <message>
        <source>macaw</source>
        <translation>ara papağanı</translation>
    </message>
    <message>
        <source>magnetic compass</source>
        <translation>pusula</translation>
    </message>
    <message>
        <source>magpie</source>
        <translation>saksağan</translation>
    </message>
    <message>
        <source>mailbag</source>
        <translation>postacı çantası</translation>
    </message>
    <message>
        <source>mailbox</source>
        <translation>posta kutusu</translation>
    </message>
    <message>
        <source>maillot</source>
        <translation>tek parça mayo</translation>
    </message>
    <message>
        <source>maillot, tank suit</source>
        <translation>askılı mayo</translation>
    </message>
    <message>
        <source>malamute</source>
        <translation>Alaska malamutu</translation>
    </message>
    <message>
        <source>malinois</source>
        <translation>Malinois</translation>
    </message>
    <message>
        <source>manhole cover</source>
        <translation>rögar kapağı</translation>
    </message>
    <message>
        <source>mantis</source>
        <translation>peygamberdevesi</translation>
    </message>
    <message>
        <source>maraca</source>
        <translation>marakas</translation>
    </message>
    <message>
        <source>marimba</source>
        <translation>marimba</translation>
    </message>
    <message>
        <source>marmoset</source>
        <translation>marmoset</translation>
    </message>
    <message>
        <source>marmot</source>
        <translation>dağ sıçanı</translation>
    </message>
    <message>
        <source>mashed potato</source>
        <translation>patates püresi</translation>
    </message>
    <message>
        <source>mask</source>
        <translation>maske</translation>
    </message>
    <message>
        <source>matchstick</source>
        <translation>kibrit çöpü</translation>
    </message>
    <message>
        <source>maypole</source>
        <translation>mayıs direği</translation>
    </message>
    <message>
        <source>maze</source>
        <translation>labirent</translation>
    </message>
    <message>
        <source>measuring cup</source>
        <translation>ölçü kabı</translation>
    </message>
    <message>
        <source>meat loaf</source>
        <translation>rulo köfte</translation>
    </message>
    <message>
        <source>medicine chest</source>
        <translation>ecza dolabı</translation>
    </message>
    <message>
        <source>meerkat</source>
        <translation>mirket</translation>
    </message>
    <message>
        <source>megalith</source>
        <translation>megalit</translation>
    </message>
    <message>
        <source>menu</source>
        <translation>menü</translation>
    </message>
    <message>
        <source>microphone</source>
        <translation>mikrofon</translation>
    </message>
    <message>
        <source>microwave</source>
        <translation>mikrodalga fırın</translation>
    </message>
    <message>
        <source>military uniform</source>
        <translation>askerî üniforma</translation>
    </message>
    <message>
        <source>milk can</source>
        <translation>süt güğümü</translation>
    </message>
    <message>
        <source>miniature pinscher</source>
        <translation>minyatür pinscher</translation>
    </message>
    <message>
        <source>miniature poodle</source>
        <translation>minyatür kaniş</translation>
    </message>
    <message>
        <source>miniature schnauzer</source>
        <translation>minyatür schnauzer</translation>
    </message>
    <message>
        <source>minibus</source>
        <translation>minibüs</translation>
    </message>
    <message>
        <source>miniskirt</source>
        <translation>mini etek</translation>
    </message>
    <message>
        <source>minivan</source>
        <translation>minivan</translation>
    </message>
    <message>
        <source>mink</source>
        <translation>vizon</translation>
    </message>
    <message>
        <source>missile</source>
        <translation>füze</translation>
    </message>
    <message>
        <source>mitten</source>
        <translation>tek parmaklı eldiven</translation>
    </message>
    <message>
        <source>mixing bowl</source>
        <translation>karıştırma kabı</translation>
    </message>
    <message>
        <source>mobile home</source>
        <translation>mobil ev</translation>
    </message>
    <message>
        <source>modem</source>
        <translation>modem</translation>
    </message>
    <message>
        <source>monarch</source>
        <translation>kral kelebeği</translation>
    </message>
    <message>
        <source>monastery</source>
        <translation>manastır</translation>
    </message>
    <message>
        <source>mongoose</source>
        <translation>firavun faresi</translation>
    </message>
    <message>
        <source>monitor</source>
        <translation>monitör</translation>
    </message>
    <message>
        <source>moped</source>
        <translation>moped</translation>
    </message>
    <message>
        <source>mortar</source>
        <translation>havan</translation>
    </message>
    <message>
        <source>mortarboard</source>
        <translation>kep</translation>
    </message>
    <message>
        <source>mosque</source>
        <translation>cami</translation>
    </message>
    <message>
        <source>mosquito net</source>
        <translation>cibinlik</translation>
    </message>
    <message>
        <source>motor scooter</source>
        <translation>scooter</translation>
    </message>
    <message>
        <source>motorbike</source>
        <translation>motosiklet</translation>
    </message>
    <message>
        <source>motorcycle</source>
        <translation>motosiklet</translation>
    </message>
    <message>
        <source>mountain bike</source>
        <translation>dağ bisikleti</translation>
    </message>
    <message>
        <source>mountain tent</source>
        <translation>dağcı çadırı</translation>
    </message>
    <message>
        <source>mouse</source>
        <translation>bilgisayar faresi</translation>
    </message>
    <message>
        <source>mousetrap</source>
        <translation>fare kapanı</translation>
    </message>
    <message>
        <source>moving van</source>
        <translation>nakliye kamyonu</translation>
    </message>
    <message>
        <source>mud turtle</source>
        <translation>çamur kaplumbağası</translation>
    </message>
    <message>
        <source>mushroom</source>
        <translation>mantar</translation>
    </message>
    <message>
        <source>muzzle</source>
        <translation>ağızlık</translation>
    </message>
    <message>
        <source>nail</source>
        <translation>çivi</translation>
    </message>
    <message>
        <source>neck brace</source>
        <translation>boyunluk</translation>
    </message>
    <message>
        <source>necklace</source>
        <translation>kolye</translation>
    </message>
    <message>
        <source>needs: there is no lesson {name} beside this one</source>
        <translation>needs: Bu dersin yanında {name} adında bir ders yok</translation>
    </message>
    <message>
        <source>neither OpenCV nor ONNX gives its maps</source>
        <translation>haritalarını ne OpenCV ne de ONNX veriyor</translation>
    </message>
    <message>
        <source>nematode</source>
        <translation>yuvarlak solucan</translation>
    </message>
    <message>
        <source>night snake</source>
        <translation>gece yılanı</translation>
    </message>
    <message>
        <source>nipple</source>
        <translation>biberon emziği</translation>
    </message>
    <message>
        <source>no computer of this name was found</source>
        <translation>bu adda bir bilgisayar bulunamadı</translation>
    </message>
    <message>
        <source>no room is left on the disk</source>
        <translation>diskte yer kalmadı</translation>
    </message>
    <message>
        <source>no stream answers at this address</source>
        <translation>bu adreste yanıt veren bir akış yok</translation>
    </message>
    <message>
        <source>none</source>
        <translation>yok</translation>
    </message>
    <message>
        <source>notebook</source>
        <translation>notebook bilgisayar</translation>
    </message>
    <message>
        <source>nothing produces its input {input}</source>
        <translation>{input} girdisini hiçbir katman üretmiyor</translation>
    </message>
    <message>
        <source>obelisk</source>
        <translation>dikili taş</translation>
    </message>
    <message>
        <source>oboe</source>
        <translation>obua</translation>
    </message>
    <message>
        <source>ocarina</source>
        <translation>okarina</translation>
    </message>
    <message>
        <source>odometer</source>
        <translation>kilometre sayacı</translation>
    </message>
    <message>
        <source>oil filter</source>
        <translation>yağ filtresi</translation>
    </message>
    <message>
        <source>orange</source>
        <translation>portakal</translation>
    </message>
    <message>
        <source>orangutan</source>
        <translation>orangutan</translation>
    </message>
    <message>
        <source>organ</source>
        <translation>org</translation>
    </message>
    <message>
        <source>oscilloscope</source>
        <translation>osiloskop</translation>
    </message>
    <message>
        <source>ostrich</source>
        <translation>deve kuşu</translation>
    </message>
    <message>
        <source>otter</source>
        <translation>su samuru</translation>
    </message>
    <message>
        <source>otterhound</source>
        <translation>otterhound</translation>
    </message>
    <message>
        <source>oven</source>
        <translation>fırın</translation>
    </message>
    <message>
        <source>overskirt</source>
        <translation>üst etek</translation>
    </message>
    <message>
        <source>ox</source>
        <translation>öküz</translation>
    </message>
    <message>
        <source>oxcart</source>
        <translation>kağnı</translation>
    </message>
    <message>
        <source>oxygen mask</source>
        <translation>oksijen maskesi</translation>
    </message>
    <message>
        <source>oystercatcher</source>
        <translation>poyraz kuşu</translation>
    </message>
    <message>
        <source>packet</source>
        <translation>paket</translation>
    </message>
    <message>
        <source>paddle</source>
        <translation>kano küreği</translation>
    </message>
    <message>
        <source>paddlewheel</source>
        <translation>gemi çarkı</translation>
    </message>
    <message>
        <source>padlock</source>
        <translation>asma kilit</translation>
    </message>
    <message>
        <source>paintbrush</source>
        <translation>boya fırçası</translation>
    </message>
    <message>
        <source>pajama</source>
        <translation>pijama</translation>
    </message>
    <message>
        <source>palace</source>
        <translation>saray</translation>
    </message>
    <message>
        <source>panpipe</source>
        <translation>pan flüt</translation>
    </message>
    <message>
        <source>paper towel</source>
        <translation>kâğıt havlu</translation>
    </message>
    <message>
        <source>papillon</source>
        <translation>papillon</translation>
    </message>
    <message>
        <source>parachute</source>
        <translation>paraşüt</translation>
    </message>
    <message>
        <source>parallel bars</source>
        <translation>paralel bar</translation>
    </message>
    <message>
        <source>park bench</source>
        <translation>park bankı</translation>
    </message>
    <message>
        <source>parking meter</source>
        <translation>parkmetre</translation>
    </message>
    <message>
        <source>partridge</source>
        <translation>keklik</translation>
    </message>
    <message>
        <source>passenger car</source>
        <translation>yolcu vagonu</translation>
    </message>
    <message>
        <source>patas</source>
        <translation>patas maymunu</translation>
    </message>
    <message>
        <source>patio</source>
        <translation>avlu</translation>
    </message>
    <message>
        <source>pay-phone</source>
        <translation>ankesörlü telefon</translation>
    </message>
    <message>
        <source>peacock</source>
        <translation>tavus kuşu</translation>
    </message>
    <message>
        <source>pedestal</source>
        <translation>kaide</translation>
    </message>
    <message>
        <source>pelican</source>
        <translation>pelikan</translation>
    </message>
    <message>
        <source>pencil box</source>
        <translation>kalem kutusu</translation>
    </message>
    <message>
        <source>pencil sharpener</source>
        <translation>kalemtıraş</translation>
    </message>
    <message>
        <source>perfume</source>
        <translation>parfüm</translation>
    </message>
    <message>
        <source>permission is denied</source>
        <translation>izin verilmiyor</translation>
    </message>
    <message>
        <source>person</source>
        <translation>kişi</translation>
    </message>
    <message>
        <source>photocopier</source>
        <translation>fotokopi makinesi</translation>
    </message>
    <message>
        <source>pick</source>
        <translation>pena</translation>
    </message>
    <message>
        <source>pickelhaube</source>
        <translation>sivri asker miğferi</translation>
    </message>
    <message>
        <source>picket fence</source>
        <translation>tahta çit</translation>
    </message>
    <message>
        <source>pickup</source>
        <translation>pikap kamyonet</translation>
    </message>
    <message>
        <source>pier</source>
        <translation>iskele</translation>
    </message>
    <message>
        <source>piggy bank</source>
        <translation>kumbara</translation>
    </message>
    <message>
        <source>pill bottle</source>
        <translation>ilaç şişesi</translation>
    </message>
    <message>
        <source>pillow</source>
        <translation>yastık</translation>
    </message>
    <message>
        <source>pineapple</source>
        <translation>ananas</translation>
    </message>
    <message>
        <source>ping-pong ball</source>
        <translation>masa tenisi topu</translation>
    </message>
    <message>
        <source>pinwheel</source>
        <translation>fırıldak</translation>
    </message>
    <message>
        <source>pirate</source>
        <translation>korsan gemisi</translation>
    </message>
    <message>
        <source>pitcher</source>
        <translation>sürahi</translation>
    </message>
    <message>
        <source>pizza</source>
        <translation>pizza</translation>
    </message>
    <message>
        <source>plane</source>
        <translation>rende</translation>
    </message>
    <message>
        <source>planetarium</source>
        <translation>gökevi</translation>
    </message>
    <message>
        <source>plastic bag</source>
        <translation>plastik poşet</translation>
    </message>
    <message>
        <source>plate</source>
        <translation>yemek tabağı</translation>
    </message>
    <message>
        <source>plate rack</source>
        <translation>tabaklık</translation>
    </message>
    <message>
        <source>platypus</source>
        <translation>ornitorenk</translation>
    </message>
    <message>
        <source>plow</source>
        <translation>pulluk</translation>
    </message>
    <message>
        <source>plunger</source>
        <translation>lavabo pompası</translation>
    </message>
    <message>
        <source>pole</source>
        <translation>direk</translation>
    </message>
    <message>
        <source>polecat</source>
        <translation>Avrupa kokarcası</translation>
    </message>
    <message>
        <source>police van</source>
        <translation>polis aracı</translation>
    </message>
    <message>
        <source>pomegranate</source>
        <translation>nar</translation>
    </message>
    <message>
        <source>poncho</source>
        <translation>panço</translation>
    </message>
    <message>
        <source>pool table</source>
        <translation>bilardo masası</translation>
    </message>
    <message>
        <source>pop bottle</source>
        <translation>gazoz şişesi</translation>
    </message>
    <message>
        <source>porcupine</source>
        <translation>oklu kirpi</translation>
    </message>
    <message>
        <source>pot</source>
        <translation>saksı</translation>
    </message>
    <message>
        <source>potpie</source>
        <translation>etli turta</translation>
    </message>
    <message>
        <source>potted plant</source>
        <translation>saksı bitkisi</translation>
    </message>
    <message>
        <source>potter&apos;s wheel</source>
        <translation>çömlekçi çarkı</translation>
    </message>
    <message>
        <source>power drill</source>
        <translation>matkap</translation>
    </message>
    <message>
        <source>prairie chicken</source>
        <translation>çayır tavuğu</translation>
    </message>
    <message>
        <source>prayer rug</source>
        <translation>seccade</translation>
    </message>
    <message>
        <source>pretzel</source>
        <translation>pretzel</translation>
    </message>
    <message>
        <source>printer</source>
        <translation>yazıcı</translation>
    </message>
    <message>
        <source>prison</source>
        <translation>hapishane</translation>
    </message>
    <message>
        <source>proboscis monkey</source>
        <translation>hortumlu maymun</translation>
    </message>
    <message>
        <source>projectile</source>
        <translation>mermi</translation>
    </message>
    <message>
        <source>projector</source>
        <translation>projektör</translation>
    </message>
    <message>
        <source>promontory</source>
        <translation>kayalık burun</translation>
    </message>
    <message>
        <source>ptarmigan</source>
        <translation>kar tavuğu</translation>
    </message>
    <message>
        <source>puck</source>
        <translation>buz hokeyi diski</translation>
    </message>
    <message>
        <source>puffer</source>
        <translation>balon balığı</translation>
    </message>
    <message>
        <source>pug</source>
        <translation>pug</translation>
    </message>
    <message>
        <source>punching bag</source>
        <translation>kum torbası</translation>
    </message>
    <message>
        <source>purse</source>
        <translation>el çantası</translation>
    </message>
    <message>
        <source>quail</source>
        <translation>bıldırcın</translation>
    </message>
    <message>
        <source>question {name} lists {found} choices, lesson.json says {wanted}</source>
        <translation>{name} sorusunda {found} seçenek var, lesson.json ise {wanted} diyor</translation>
    </message>
    <message>
        <source>quill</source>
        <translation>tüy kalem</translation>
    </message>
    <message>
        <source>quilt</source>
        <translation>yorgan</translation>
    </message>
    <message>
        <source>racer</source>
        <translation>yarış arabası</translation>
    </message>
    <message>
        <source>racket</source>
        <translation>raket</translation>
    </message>
    <message>
        <source>radiator</source>
        <translation>radyatör</translation>
    </message>
    <message>
        <source>radio</source>
        <translation>radyo</translation>
    </message>
    <message>
        <source>radio telescope</source>
        <translation>radyo teleskobu</translation>
    </message>
    <message>
        <source>rain barrel</source>
        <translation>yağmur fıçısı</translation>
    </message>
    <message>
        <source>ram</source>
        <translation>koç</translation>
    </message>
    <message>
        <source>rapeseed</source>
        <translation>kolza</translation>
    </message>
    <message>
        <source>reading failed</source>
        <translation>okunamadı</translation>
    </message>
    <message>
        <source>recreational vehicle</source>
        <translation>karavan</translation>
    </message>
    <message>
        <source>red fox</source>
        <translation>kızıl tilki</translation>
    </message>
    <message>
        <source>red wine</source>
        <translation>kırmızı şarap</translation>
    </message>
    <message>
        <source>red wolf</source>
        <translation>kızıl kurt</translation>
    </message>
    <message>
        <source>red-backed sandpiper</source>
        <translation>kara karınlı kum kuşu</translation>
    </message>
    <message>
        <source>red-breasted merganser</source>
        <translation>tarakdiş</translation>
    </message>
    <message>
        <source>redbone</source>
        <translation>redbone coonhound</translation>
    </message>
    <message>
        <source>redshank</source>
        <translation>kızılbacak</translation>
    </message>
    <message>
        <source>reel</source>
        <translation>olta makarası</translation>
    </message>
    <message>
        <source>reflex camera</source>
        <translation>aynalı fotoğraf makinesi</translation>
    </message>
    <message>
        <source>refrigerator</source>
        <translation>buzdolabı</translation>
    </message>
    <message>
        <source>remote</source>
        <translation>kumanda</translation>
    </message>
    <message>
        <source>remote control</source>
        <translation>uzaktan kumanda</translation>
    </message>
    <message>
        <source>restaurant</source>
        <translation>restoran</translation>
    </message>
    <message>
        <source>revolver</source>
        <translation>toplu tabanca</translation>
    </message>
    <message>
        <source>rhinoceros beetle</source>
        <translation>gergedan böceği</translation>
    </message>
    <message>
        <source>rifle</source>
        <translation>tüfek</translation>
    </message>
    <message>
        <source>ringlet</source>
        <translation>halkalı kelebek</translation>
    </message>
    <message>
        <source>ringneck snake</source>
        <translation>halka boyunlu yılan</translation>
    </message>
    <message>
        <source>robin</source>
        <translation>Amerika ardıcı</translation>
    </message>
    <message>
        <source>rock beauty</source>
        <translation>kaya güzeli balığı</translation>
    </message>
    <message>
        <source>rock crab</source>
        <translation>kaya yengeci</translation>
    </message>
    <message>
        <source>rock python</source>
        <translation>kaya pitonu</translation>
    </message>
    <message>
        <source>rocking chair</source>
        <translation>sallanan sandalye</translation>
    </message>
    <message>
        <source>rotisserie</source>
        <translation>piliç çevirme makinesi</translation>
    </message>
    <message>
        <source>rubber eraser</source>
        <translation>silgi</translation>
    </message>
    <message>
        <source>ruddy turnstone</source>
        <translation>taşçeviren</translation>
    </message>
    <message>
        <source>ruffed grouse</source>
        <translation>yakalı orman tavuğu</translation>
    </message>
    <message>
        <source>rugby ball</source>
        <translation>ragbi topu</translation>
    </message>
    <message>
        <source>rule</source>
        <translation>cetvel</translation>
    </message>
    <message>
        <source>running shoe</source>
        <translation>koşu ayakkabısı</translation>
    </message>
    <message>
        <source>safe</source>
        <translation>çelik kasa</translation>
    </message>
    <message>
        <source>safety pin</source>
        <translation>çengelli iğne</translation>
    </message>
    <message>
        <source>saltshaker</source>
        <translation>tuzluk</translation>
    </message>
    <message>
        <source>sandal</source>
        <translation>sandalet</translation>
    </message>
    <message>
        <source>sandbar</source>
        <translation>kum seti</translation>
    </message>
    <message>
        <source>sandwich</source>
        <translation>sandviç</translation>
    </message>
    <message>
        <source>sarong</source>
        <translation>sarong</translation>
    </message>
    <message>
        <source>sax</source>
        <translation>saksofon</translation>
    </message>
    <message>
        <source>scabbard</source>
        <translation>kın</translation>
    </message>
    <message>
        <source>scale</source>
        <translation>terazi</translation>
    </message>
    <message>
        <source>schipperke</source>
        <translation>schipperke</translation>
    </message>
    <message>
        <source>school bus</source>
        <translation>okul otobüsü</translation>
    </message>
    <message>
        <source>schooner</source>
        <translation>uskuna</translation>
    </message>
    <message>
        <source>scissors</source>
        <translation>makas</translation>
    </message>
    <message>
        <source>scoreboard</source>
        <translation>skor tabelası</translation>
    </message>
    <message>
        <source>scorpion</source>
        <translation>akrep</translation>
    </message>
    <message>
        <source>screen</source>
        <translation>ekran</translation>
    </message>
    <message>
        <source>screw</source>
        <translation>vida</translation>
    </message>
    <message>
        <source>screwdriver</source>
        <translation>tornavida</translation>
    </message>
    <message>
        <source>scuba diver</source>
        <translation>dalgıç</translation>
    </message>
    <message>
        <source>sea anemone</source>
        <translation>denizşakayığı</translation>
    </message>
    <message>
        <source>sea cucumber</source>
        <translation>denizhıyarı</translation>
    </message>
    <message>
        <source>sea lion</source>
        <translation>denizaslanı</translation>
    </message>
    <message>
        <source>sea slug</source>
        <translation>deniztavşanı</translation>
    </message>
    <message>
        <source>sea snake</source>
        <translation>deniz yılanı</translation>
    </message>
    <message>
        <source>sea urchin</source>
        <translation>denizkestanesi</translation>
    </message>
    <message>
        <source>seashore</source>
        <translation>deniz kıyısı</translation>
    </message>
    <message>
        <source>seat belt</source>
        <translation>emniyet kemeri</translation>
    </message>
    <message>
        <source>sewing machine</source>
        <translation>dikiş makinesi</translation>
    </message>
    <message>
        <source>sheep</source>
        <translation>koyun</translation>
    </message>
    <message>
        <source>shield</source>
        <translation>kalkan</translation>
    </message>
    <message>
        <source>shoe shop</source>
        <translation>ayakkabıcı</translation>
    </message>
    <message>
        <source>shoji</source>
        <translation>Japon sürgülü kapısı</translation>
    </message>
    <message>
        <source>shopping basket</source>
        <translation>alışveriş sepeti</translation>
    </message>
    <message>
        <source>shopping cart</source>
        <translation>market arabası</translation>
    </message>
    <message>
        <source>shovel</source>
        <translation>kürek</translation>
    </message>
    <message>
        <source>shower cap</source>
        <translation>duş bonesi</translation>
    </message>
    <message>
        <source>shower curtain</source>
        <translation>duş perdesi</translation>
    </message>
    <message>
        <source>siamang</source>
        <translation>siyamang</translation>
    </message>
    <message>
        <source>sidewinder</source>
        <translation>boynuzlu çıngıraklı yılan</translation>
    </message>
    <message>
        <source>silky terrier</source>
        <translation>ipek tüylü teriyer</translation>
    </message>
    <message>
        <source>sink</source>
        <translation>lavabo</translation>
    </message>
    <message>
        <source>skateboard</source>
        <translation>kaykay</translation>
    </message>
    <message>
        <source>ski</source>
        <translation>kayak</translation>
    </message>
    <message>
        <source>ski mask</source>
        <translation>kar maskesi</translation>
    </message>
    <message>
        <source>skis</source>
        <translation>kayak takımı</translation>
    </message>
    <message>
        <source>skunk</source>
        <translation>kokarca</translation>
    </message>
    <message>
        <source>sleeping bag</source>
        <translation>uyku tulumu</translation>
    </message>
    <message>
        <source>slide rule</source>
        <translation>sürgülü hesap cetveli</translation>
    </message>
    <message>
        <source>sliding door</source>
        <translation>sürgülü kapı</translation>
    </message>
    <message>
        <source>slot</source>
        <translation>kollu kumar makinesi</translation>
    </message>
    <message>
        <source>sloth bear</source>
        <translation>tembel ayı</translation>
    </message>
    <message>
        <source>slug</source>
        <translation>sümüklü böcek</translation>
    </message>
    <message>
        <source>snail</source>
        <translation>salyangoz</translation>
    </message>
    <message>
        <source>snorkel</source>
        <translation>şnorkel</translation>
    </message>
    <message>
        <source>snow leopard</source>
        <translation>kar leoparı</translation>
    </message>
    <message>
        <source>snowboard</source>
        <translation>snowboard</translation>
    </message>
    <message>
        <source>snowmobile</source>
        <translation>kar motosikleti</translation>
    </message>
    <message>
        <source>snowplow</source>
        <translation>kar küreme aracı</translation>
    </message>
    <message>
        <source>soap dispenser</source>
        <translation>sıvı sabunluk</translation>
    </message>
    <message>
        <source>soccer ball</source>
        <translation>futbol topu</translation>
    </message>
    <message>
        <source>sock</source>
        <translation>çorap</translation>
    </message>
    <message>
        <source>sofa</source>
        <translation>kanepe</translation>
    </message>
    <message>
        <source>soft-coated wheaten terrier</source>
        <translation>yumuşak tüylü wheaten teriyeri</translation>
    </message>
    <message>
        <source>solar dish</source>
        <translation>çanak güneş kolektörü</translation>
    </message>
    <message>
        <source>sombrero</source>
        <translation>sombrero</translation>
    </message>
    <message>
        <source>sorrel</source>
        <translation>al donlu at</translation>
    </message>
    <message>
        <source>soup bowl</source>
        <translation>çorba kâsesi</translation>
    </message>
    <message>
        <source>space bar</source>
        <translation>boşluk tuşu</translation>
    </message>
    <message>
        <source>space heater</source>
        <translation>elektrikli soba</translation>
    </message>
    <message>
        <source>space shuttle</source>
        <translation>uzay mekiği</translation>
    </message>
    <message>
        <source>spaghetti squash</source>
        <translation>spagetti kabağı</translation>
    </message>
    <message>
        <source>spatula</source>
        <translation>spatula</translation>
    </message>
    <message>
        <source>speedboat</source>
        <translation>sürat teknesi</translation>
    </message>
    <message>
        <source>spider monkey</source>
        <translation>örümcek maymunu</translation>
    </message>
    <message>
        <source>spider web</source>
        <translation>örümcek ağı</translation>
    </message>
    <message>
        <source>spindle</source>
        <translation>iğ</translation>
    </message>
    <message>
        <source>spiny lobster</source>
        <translation>dikenli ıstakoz</translation>
    </message>
    <message>
        <source>spoon</source>
        <translation>kaşık</translation>
    </message>
    <message>
        <source>spoonbill</source>
        <translation>kaşıkçı kuşu</translation>
    </message>
    <message>
        <source>sports ball</source>
        <translation>spor topu</translation>
    </message>
    <message>
        <source>sports car</source>
        <translation>spor araba</translation>
    </message>
    <message>
        <source>spotlight</source>
        <translation>sahne spotu</translation>
    </message>
    <message>
        <source>spotted salamander</source>
        <translation>benekli semender</translation>
    </message>
    <message>
        <source>squashed</source>
        <translation>sıkıştırılmış</translation>
    </message>
    <message>
        <source>squirrel monkey</source>
        <translation>sincap maymunu</translation>
    </message>
    <message>
        <source>stage</source>
        <translation>sahne</translation>
    </message>
    <message>
        <source>standard poodle</source>
        <translation>standart kaniş</translation>
    </message>
    <message>
        <source>standard schnauzer</source>
        <translation>standart schnauzer</translation>
    </message>
    <message>
        <source>starfish</source>
        <translation>denizyıldızı</translation>
    </message>
    <message>
        <source>start: {fault}</source>
        <translation>start: {fault}</translation>
    </message>
    <message>
        <source>steam locomotive</source>
        <translation>buharlı lokomotif</translation>
    </message>
    <message>
        <source>steel arch bridge</source>
        <translation>çelik kemer köprü</translation>
    </message>
    <message>
        <source>steel drum</source>
        <translation>çelik davul</translation>
    </message>
    <message>
        <source>stethoscope</source>
        <translation>stetoskop</translation>
    </message>
    <message>
        <source>stingray</source>
        <translation>iğneli vatoz</translation>
    </message>
    <message>
        <source>stinkhorn</source>
        <translation>pis kokulu mantar</translation>
    </message>
    <message>
        <source>stole</source>
        <translation>etol</translation>
    </message>
    <message>
        <source>stone wall</source>
        <translation>taş duvar</translation>
    </message>
    <message>
        <source>stop sign</source>
        <translation>dur levhası</translation>
    </message>
    <message>
        <source>stopwatch</source>
        <translation>kronometre</translation>
    </message>
    <message>
        <source>stove</source>
        <translation>ocak</translation>
    </message>
    <message>
        <source>strainer</source>
        <translation>süzgeç</translation>
    </message>
    <message>
        <source>strawberry</source>
        <translation>çilek</translation>
    </message>
    <message>
        <source>street sign</source>
        <translation>sokak tabelası</translation>
    </message>
    <message>
        <source>streetcar</source>
        <translation>tramvay</translation>
    </message>
    <message>
        <source>stretcher</source>
        <translation>sedye</translation>
    </message>
    <message>
        <source>studio couch</source>
        <translation>çekyat</translation>
    </message>
    <message>
        <source>stupa</source>
        <translation>stupa</translation>
    </message>
    <message>
        <source>sturgeon</source>
        <translation>mersin balığı</translation>
    </message>
    <message>
        <source>submarine</source>
        <translation>denizaltı</translation>
    </message>
    <message>
        <source>suit</source>
        <translation>takım elbise</translation>
    </message>
    <message>
        <source>suitcase</source>
        <translation>bavul</translation>
    </message>
    <message>
        <source>sulphur butterfly</source>
        <translation>sarı kelebek</translation>
    </message>
    <message>
        <source>sulphur-crested cockatoo</source>
        <translation>sarı ibikli kakadu</translation>
    </message>
    <message>
        <source>sundial</source>
        <translation>güneş saati</translation>
    </message>
    <message>
        <source>sunglass</source>
        <translation>güneş gözlüğü camı</translation>
    </message>
    <message>
        <source>sunglasses</source>
        <translation>güneş gözlüğü</translation>
    </message>
    <message>
        <source>sunscreen</source>
        <translation>güneş kremi</translation>
    </message>
    <message>
        <source>surfboard</source>
        <translation>sörf tahtası</translation>
    </message>
    <message>
        <source>suspension bridge</source>
        <translation>asma köprü</translation>
    </message>
    <message>
        <source>swab</source>
        <translation>saplı paspas</translation>
    </message>
    <message>
        <source>sweatshirt</source>
        <translation>sweatshirt</translation>
    </message>
    <message>
        <source>swimming trunks</source>
        <translation>erkek mayosu</translation>
    </message>
    <message>
        <source>swing</source>
        <translation>salıncak</translation>
    </message>
    <message>
        <source>switch</source>
        <translation>elektrik anahtarı</translation>
    </message>
    <message>
        <source>syringe</source>
        <translation>şırınga</translation>
    </message>
    <message>
        <source>tabby</source>
        <translation>tekir kedi</translation>
    </message>
    <message>
        <source>table lamp</source>
        <translation>masa lambası</translation>
    </message>
    <message>
        <source>tailed frog</source>
        <translation>kuyruklu kurbağa</translation>
    </message>
    <message>
        <source>tank</source>
        <translation>tank</translation>
    </message>
    <message>
        <source>tape player</source>
        <translation>teyp</translation>
    </message>
    <message>
        <source>tarantula</source>
        <translation>tarantula</translation>
    </message>
    <message>
        <source>teapot</source>
        <translation>çaydanlık</translation>
    </message>
    <message>
        <source>teddy</source>
        <translation>oyuncak ayı</translation>
    </message>
    <message>
        <source>teddy bear</source>
        <translation>oyuncak ayı</translation>
    </message>
    <message>
        <source>television</source>
        <translation>televizyon</translation>
    </message>
    <message>
        <source>tench</source>
        <translation>kadife balığı</translation>
    </message>
    <message>
        <source>tennis ball</source>
        <translation>tenis topu</translation>
    </message>
    <message>
        <source>tennis racket</source>
        <translation>tenis raketi</translation>
    </message>
    <message>
        <source>terrapin</source>
        <translation>su kaplumbağası</translation>
    </message>
    <message>
        <source>thatch</source>
        <translation>saz çatı</translation>
    </message>
    <message>
        <source>the address must start with http, https, rtsp or rtsps</source>
        <translation>adres http, https, rtsp ya da rtsps ile başlamalı</translation>
    </message>
    <message>
        <source>the archive is broken</source>
        <translation>arşiv bozuk</translation>
    </message>
    <message>
        <source>the block that starts here has no {closing}</source>
        <translation>burada başlayan bloğun {closing} işareti yok</translation>
    </message>
    <message>
        <source>the blocks are nested too deeply</source>
        <translation>bloklar çok derin iç içe geçmiş</translation>
    </message>
    <message>
        <source>the connection failed or was cut off</source>
        <translation>bağlantı kurulamadı ya da kesildi</translation>
    </message>
    <message>
        <source>the connection was cut off</source>
        <translation>bağlantı kesildi</translation>
    </message>
    <message>
        <source>the connection was refused</source>
        <translation>bağlantı reddedildi</translation>
    </message>
    <message>
        <source>the disk can only be read</source>
        <translation>disk salt okunur</translation>
    </message>
    <message>
        <source>the end</source>
        <translation>dosya sonu</translation>
    </message>
    <message>
        <source>the heading {heading} stands twice</source>
        <translation>{heading} başlığı iki kez geçiyor</translation>
    </message>
    <message>
        <source>the input {name} has no shape</source>
        <translation>{name} girdisinin biçimi yok</translation>
    </message>
    <message>
        <source>the kernel is larger than its input {input}</source>
        <translation>çekirdek, {input} girdisinden büyük</translation>
    </message>
    <message>
        <source>the link {link} leads to nothing that there is</source>
        <translation>{link} bağlantısı var olmayan bir yere gidiyor</translation>
    </message>
    <message>
        <source>the list that starts here has no ]</source>
        <translation>burada başlayan listenin ] işareti yok</translation>
    </message>
    <message>
        <source>the name {name} stands twice</source>
        <translation>{name} adı iki kez geçiyor</translation>
    </message>
    <message>
        <source>the network has no output</source>
        <translation>ağın çıktısı yok</translation>
    </message>
    <message>
        <source>the record of a table is damaged</source>
        <translation>bir tablonun kaydı bozuk</translation>
    </message>
    <message>
        <source>the scales of a weight do not fit its shape</source>
        <translation>bir ağırlığın ölçekleri biçimine uymuyor</translation>
    </message>
    <message>
        <source>the server answers {answer}</source>
        <translation>sunucunun yanıtı: {answer}</translation>
    </message>
    <message>
        <source>the server does not answer</source>
        <translation>sunucu yanıt vermiyor</translation>
    </message>
    <message>
        <source>the server sends another file</source>
        <translation>sunucu başka bir dosya gönderiyor</translation>
    </message>
    <message>
        <source>the server sends on to {address}, which is not followed</source>
        <translation>sunucu {address} adresine yönlendiriyor, oraya gidilmez</translation>
    </message>
    <message>
        <source>the shapes do not fit at its operator {operator}</source>
        <translation>{operator} işlecinde boyutlar birbirini tutmuyor</translation>
    </message>
    <message>
        <source>the window is larger than its input</source>
        <translation>pencere, girdisinden büyük</translation>
    </message>
    <message>
        <source>the {sign} in {text} has no partner</source>
        <translation>{text} içindeki {sign} işaretinin eşi yok</translation>
    </message>
    <message>
        <source>theater curtain</source>
        <translation>tiyatro perdesi</translation>
    </message>
    <message>
        <source>there are no layers in it</source>
        <translation>içinde katman yok</translation>
    </message>
    <message>
        <source>there is no OpenCL device</source>
        <translation>OpenCL aygıtı yok</translation>
    </message>
    <message>
        <source>there is no axis {axis} in {shape}</source>
        <translation>{shape} içinde {axis} ekseni yok</translation>
    </message>
    <message>
        <source>there is no graph in it</source>
        <translation>içinde çizge yok</translation>
    </message>
    <message>
        <source>there is no such axis</source>
        <translation>böyle bir eksen yok</translation>
    </message>
    <message>
        <source>there is no such folder</source>
        <translation>böyle bir klasör yok</translation>
    </message>
    <message>
        <source>thimble</source>
        <translation>yüksük</translation>
    </message>
    <message>
        <source>this is no valid address</source>
        <translation>bu geçerli bir adres değil</translation>
    </message>
    <message>
        <source>three-toed sloth</source>
        <translation>üç parmaklı tembel hayvan</translation>
    </message>
    <message>
        <source>thresher</source>
        <translation>harman makinesi</translation>
    </message>
    <message>
        <source>throne</source>
        <translation>taht</translation>
    </message>
    <message>
        <source>thunder snake</source>
        <translation>solucan yılanı</translation>
    </message>
    <message>
        <source>tick</source>
        <translation>kene</translation>
    </message>
    <message>
        <source>tie</source>
        <translation>kravat</translation>
    </message>
    <message>
        <source>tiger</source>
        <translation>kaplan</translation>
    </message>
    <message>
        <source>tiger beetle</source>
        <translation>kaplan böcek</translation>
    </message>
    <message>
        <source>tiger cat</source>
        <translation>kaplan desenli kedi</translation>
    </message>
    <message>
        <source>tiger shark</source>
        <translation>kaplan köpek balığı</translation>
    </message>
    <message>
        <source>tile roof</source>
        <translation>kiremit çatı</translation>
    </message>
    <message>
        <source>timber wolf</source>
        <translation>bozkurt</translation>
    </message>
    <message>
        <source>titi</source>
        <translation>titi maymunu</translation>
    </message>
    <message>
        <source>toaster</source>
        <translation>ekmek kızartma makinesi</translation>
    </message>
    <message>
        <source>tobacco shop</source>
        <translation>tütüncü</translation>
    </message>
    <message>
        <source>toilet</source>
        <translation>klozet</translation>
    </message>
    <message>
        <source>toilet seat</source>
        <translation>klozet kapağı</translation>
    </message>
    <message>
        <source>toilet tissue</source>
        <translation>tuvalet kâğıdı</translation>
    </message>
    <message>
        <source>toothbrush</source>
        <translation>diş fırçası</translation>
    </message>
    <message>
        <source>torch</source>
        <translation>meşale</translation>
    </message>
    <message>
        <source>totem pole</source>
        <translation>totem direği</translation>
    </message>
    <message>
        <source>toucan</source>
        <translation>tukan</translation>
    </message>
    <message>
        <source>tow truck</source>
        <translation>çekici</translation>
    </message>
    <message>
        <source>toy poodle</source>
        <translation>toy kaniş</translation>
    </message>
    <message>
        <source>toy terrier</source>
        <translation>toy teriyer</translation>
    </message>
    <message>
        <source>toyshop</source>
        <translation>oyuncakçı</translation>
    </message>
    <message>
        <source>tractor</source>
        <translation>traktör</translation>
    </message>
    <message>
        <source>traffic light</source>
        <translation>trafik ışığı</translation>
    </message>
    <message>
        <source>trailer truck</source>
        <translation>tır</translation>
    </message>
    <message>
        <source>train</source>
        <translation>tren</translation>
    </message>
    <message>
        <source>tray</source>
        <translation>tepsi</translation>
    </message>
    <message>
        <source>tree frog</source>
        <translation>ağaç kurbağası</translation>
    </message>
    <message>
        <source>trench coat</source>
        <translation>trençkot</translation>
    </message>
    <message>
        <source>triceratops</source>
        <translation>triseratops</translation>
    </message>
    <message>
        <source>tricycle</source>
        <translation>üç tekerlekli bisiklet</translation>
    </message>
    <message>
        <source>trifle</source>
        <translation>trifle tatlısı</translation>
    </message>
    <message>
        <source>trilobite</source>
        <translation>trilobit</translation>
    </message>
    <message>
        <source>trimaran</source>
        <translation>trimaran</translation>
    </message>
    <message>
        <source>tripod</source>
        <translation>üçayak</translation>
    </message>
    <message>
        <source>triumphal arch</source>
        <translation>zafer takı</translation>
    </message>
    <message>
        <source>trolleybus</source>
        <translation>troleybüs</translation>
    </message>
    <message>
        <source>trombone</source>
        <translation>trombon</translation>
    </message>
    <message>
        <source>truck</source>
        <translation>kamyon</translation>
    </message>
    <message>
        <source>true or false</source>
        <translation>true ya da false</translation>
    </message>
    <message>
        <source>tub</source>
        <translation>leğen</translation>
    </message>
    <message>
        <source>turnstile</source>
        <translation>turnike</translation>
    </message>
    <message>
        <source>tusker</source>
        <translation>uzun dişli fil</translation>
    </message>
    <message>
        <source>tv</source>
        <translation>televizyon</translation>
    </message>
    <message>
        <source>tv monitor</source>
        <translation>televizyon ekranı</translation>
    </message>
    <message>
        <source>two sides from 1 to 4096 pixels</source>
        <translation>1 ile 4&#xa0;096 piksel arası iki kenar</translation>
    </message>
    <message>
        <source>typewriter keyboard</source>
        <translation>daktilo klavyesi</translation>
    </message>
    <message>
        <source>umbrella</source>
        <translation>şemsiye</translation>
    </message>
    <message>
        <source>unicycle</source>
        <translation>tek tekerlekli bisiklet</translation>
    </message>
    <message>
        <source>upright</source>
        <translation>duvar piyanosu</translation>
    </message>
    <message>
        <source>vacuum</source>
        <translation>elektrikli süpürge</translation>
    </message>
    <message>
        <source>valley</source>
        <translation>vadi</translation>
    </message>
    <message>
        <source>vase</source>
        <translation>vazo</translation>
    </message>
    <message>
        <source>vault</source>
        <translation>tonoz</translation>
    </message>
    <message>
        <source>velvet</source>
        <translation>kadife</translation>
    </message>
    <message>
        <source>vending machine</source>
        <translation>otomat</translation>
    </message>
    <message>
        <source>vestment</source>
        <translation>ayin cübbesi</translation>
    </message>
    <message>
        <source>viaduct</source>
        <translation>viyadük</translation>
    </message>
    <message>
        <source>vine snake</source>
        <translation>sarmaşık yılanı</translation>
    </message>
    <message>
        <source>violin</source>
        <translation>keman</translation>
    </message>
    <message>
        <source>vizsla</source>
        <translation>vizsla</translation>
    </message>
    <message>
        <source>volcano</source>
        <translation>yanardağ</translation>
    </message>
    <message>
        <source>volleyball</source>
        <translation>voleybol topu</translation>
    </message>
    <message>
        <source>vulture</source>
        <translation>akbaba</translation>
    </message>
    <message>
        <source>waffle iron</source>
        <translation>waffle makinesi</translation>
    </message>
    <message>
        <source>walking stick</source>
        <translation>çubuk böceği</translation>
    </message>
    <message>
        <source>wall clock</source>
        <translation>duvar saati</translation>
    </message>
    <message>
        <source>wallaby</source>
        <translation>valabi</translation>
    </message>
    <message>
        <source>wallet</source>
        <translation>cüzdan</translation>
    </message>
    <message>
        <source>wardrobe</source>
        <translation>gardırop</translation>
    </message>
    <message>
        <source>warplane</source>
        <translation>savaş uçağı</translation>
    </message>
    <message>
        <source>warthog</source>
        <translation>Afrika domuzu</translation>
    </message>
    <message>
        <source>washbasin</source>
        <translation>lavabo</translation>
    </message>
    <message>
        <source>washer</source>
        <translation>çamaşır makinesi</translation>
    </message>
    <message>
        <source>water bottle</source>
        <translation>su şişesi</translation>
    </message>
    <message>
        <source>water buffalo</source>
        <translation>manda</translation>
    </message>
    <message>
        <source>water jug</source>
        <translation>su testisi</translation>
    </message>
    <message>
        <source>water ouzel</source>
        <translation>dere kuşu</translation>
    </message>
    <message>
        <source>water snake</source>
        <translation>su yılanı</translation>
    </message>
    <message>
        <source>water tower</source>
        <translation>su kulesi</translation>
    </message>
    <message>
        <source>weasel</source>
        <translation>gelincik</translation>
    </message>
    <message>
        <source>web site</source>
        <translation>web sitesi</translation>
    </message>
    <message>
        <source>weevil</source>
        <translation>hortumlu böcek</translation>
    </message>
    <message>
        <source>weights of shape {found} where {shape} are needed</source>
        <translation>{shape} gerekirken ağırlıkların biçimi {found}</translation>
    </message>
    <message>
        <source>what is added has too few sides</source>
        <translation>eklenen tensörün boyutu az</translation>
    </message>
    <message>
        <source>whippet</source>
        <translation>whippet</translation>
    </message>
    <message>
        <source>whiptail</source>
        <translation>kamçı kuyruklu kertenkele</translation>
    </message>
    <message>
        <source>whiskey jug</source>
        <translation>viski testisi</translation>
    </message>
    <message>
        <source>whistle</source>
        <translation>düdük</translation>
    </message>
    <message>
        <source>white stork</source>
        <translation>leylek</translation>
    </message>
    <message>
        <source>white wolf</source>
        <translation>kutup kurdu</translation>
    </message>
    <message>
        <source>wig</source>
        <translation>peruk</translation>
    </message>
    <message>
        <source>wild boar</source>
        <translation>yaban domuzu</translation>
    </message>
    <message>
        <source>window screen</source>
        <translation>sineklik</translation>
    </message>
    <message>
        <source>window shade</source>
        <translation>stor perde</translation>
    </message>
    <message>
        <source>wine bottle</source>
        <translation>şarap şişesi</translation>
    </message>
    <message>
        <source>wine glass</source>
        <translation>şarap kadehi</translation>
    </message>
    <message>
        <source>wing</source>
        <translation>kanat</translation>
    </message>
    <message>
        <source>wire-haired fox terrier</source>
        <translation>sert tüylü tilki teriyeri</translation>
    </message>
    <message>
        <source>wok</source>
        <translation>wok</translation>
    </message>
    <message>
        <source>wolf spider</source>
        <translation>kurt örümceği</translation>
    </message>
    <message>
        <source>wombat</source>
        <translation>vombat</translation>
    </message>
    <message>
        <source>wood rabbit</source>
        <translation>pamuk kuyruklu tavşan</translation>
    </message>
    <message>
        <source>wooden spoon</source>
        <translation>tahta kaşık</translation>
    </message>
    <message>
        <source>wool</source>
        <translation>yün</translation>
    </message>
    <message>
        <source>worm fence</source>
        <translation>zikzak çit</translation>
    </message>
    <message>
        <source>wreck</source>
        <translation>gemi enkazı</translation>
    </message>
    <message>
        <source>yawl</source>
        <translation>yawl yelkenlisi</translation>
    </message>
    <message>
        <source>yellow lady&apos;s slipper</source>
        <translation>sarı venüsçarığı</translation>
    </message>
    <message>
        <source>you chose so</source>
        <translation>siz öyle seçtiniz</translation>
    </message>
    <message>
        <source>yurt</source>
        <translation>keçe çadır</translation>
    </message>
    <message>
        <source>zebra</source>
        <translation>zebra</translation>
    </message>
    <message>
        <source>zucchini</source>
        <translation>sakız kabağı</translation>
    </message>
    <message>
        <source>{before} cannot become {wanted}</source>
        <translation>{before}, {wanted} olamaz</translation>
    </message>
    <message>
        <source>{boxes} and {scores} values for {anchors} anchors of {classes} classes</source>
        <translation>{classes} sınıflı {anchors} çapa kutusu için {boxes} ve {scores} değer</translation>
    </message>
    <message>
        <source>{channels} channels cannot be split into {group} groups</source>
        <translation>{channels} kanal {group} gruba bölünemez</translation>
    </message>
    <message>
        <source>{condition} is a {kind} and cannot be asked by {relation}, only {known}</source>
        <translation>{condition} türü {kind}; {relation} ile sorulamaz, yalnızca {known} ile</translation>
    </message>
    <message>
        <source>{condition} is a {kind}, which {value} is not</source>
        <translation>{condition} türü {kind}; {value} bu türden değil</translation>
    </message>
    <message>
        <source>{condition} is never {word}; it can be {known}</source>
        <translation>{condition} hiçbir zaman {word} olmaz; olabilecekler: {known}</translation>
    </message>
    <message>
        <source>{condition} needs {name}</source>
        <translation>{condition} için {name} gerekir</translation>
    </message>
    <message>
        <source>{condition} says nothing to compare with</source>
        <translation>{condition} neyle karşılaştırılacağını söylemiyor</translation>
    </message>
    <message>
        <source>{condition} takes no {name}</source>
        <translation>{condition} için {name} verilmez</translation>
    </message>
    <message>
        <source>{count} inputs are listed; at most {most} are possible. Take some out.</source>
        <translation>{count} girdi yazılmış; en çok {most} girdi olabilir. Bazılarını çıkarın.</translation>
    </message>
    <message>
        <source>{file} cannot be read: {fault}. Install Glassnet again.</source>
        <translation>{file} okunamıyor: {fault}. Glassnet’i yeniden kurun.</translation>
    </message>
    <message>
        <source>{file} cannot be unpacked ({fault}). Copy or download it again.</source>
        <translation>{file} açılamıyor ({fault}). Yeniden kopyalayın ya da indirin.</translation>
    </message>
    <message>
        <source>{file} has no column {name}. Its columns: {known}.</source>
        <translation>{file} dosyasında {name} sütunu yok. Sütunları: {known}.</translation>
    </message>
    <message>
        <source>{file} has no sheet called &quot;{sheet}&quot;. It has: {names}.</source>
        <translation>{file} içinde “{sheet}” adlı bir sayfa yok. Olanlar: {names}.</translation>
    </message>
    <message>
        <source>{file} has no table called &quot;{table}&quot;. It has: {names}.</source>
        <translation>{file} içinde “{table}” adlı bir tablo yok. Olanlar: {names}.</translation>
    </message>
    <message>
        <source>{file} has only one column with values, and learning takes two: a feature and a target.</source>
        <translation>{file} içinde değeri olan yalnızca bir sütun var; öğrenmek için iki sütun gerekir: bir girdi ve bir hedef.</translation>
    </message>
    <message>
        <source>{file} holds no .glassnet file. Name a folder that does, or the files.</source>
        <translation>{file} içinde .glassnet dosyası yok. İçinde olan bir klasörün ya da dosyaların adını yazın.</translation>
    </message>
    <message>
        <source>{file} holds no table that can be read here. Unpack it, and open what is in it.</source>
        <translation>{file} içinde burada okunabilecek bir tablo yok. Arşivi açın, içindekini seçin.</translation>
    </message>
    <message>
        <source>{file} is a table, not an experiment. `train --data {file} --out NAME.glassnet` makes an experiment of it.</source>
        <translation>{file} bir deney değil, bir tablo. `train --data {file} --out AD.glassnet` ondan bir deney oluşturur.</translation>
    </message>
    <message>
        <source>{file} is an Excel workbook of the old kind, or locked by a password. Save it as .xlsx without one.</source>
        <translation>{file} eski türden ya da parolayla kilitli bir Excel çalışma kitabı. Parolasız olarak .xlsx biçiminde kaydedin.</translation>
    </message>
    <message>
        <source>{file} is an address on the network. Pictures are opened from files: save it, then open that file.</source>
        <translation>{file} bir internet adresidir. Görüntüler dosyadan açılır: Görüntüyü kaydedip o dosyayı açın.</translation>
    </message>
    <message>
        <source>{file} is larger than the {limit} kB that are read of it. Make several lessons of this one, each in a folder of its own.</source>
        <translation>{file} çok büyük; en çok {limit} kB okunur. Bu dersi, her biri kendi klasöründe birkaç derse bölün.</translation>
    </message>
    <message>
        <source>{file} is locked by a password. Unpack it, and open the table in it.</source>
        <translation>{file} parolayla korunuyor. Arşivi kendiniz açın, içindeki tabloyu seçin.</translation>
    </message>
    <message>
        <source>{file} is no whole IDX file: {fault}.</source>
        <translation>{file} tam bir IDX dosyası değil: {fault}.</translation>
    </message>
    <message>
        <source>{file} is not written in {encoding} (byte {position}). Choose another encoding.</source>
        <translation>{file}, {encoding} ile yazılmamış (bayt {position}). Başka bir kodlama seçin.</translation>
    </message>
    <message>
        <source>{file} unpacks to more than {most} MB, which is too much for a table. Keep only the sheet that you need, or save it as CSV.</source>
        <translation>{file} açıldığında {most} MB sınırını aşıyor; bu, bir tablo için çok fazla. Yalnızca gereken sayfayı bırakın ya da CSV olarak kaydedin.</translation>
    </message>
    <message>
        <source>{file} unpacks to more than {most} MB; no more are read. Choose a smaller file.</source>
        <translation>{file} açıldığında {most} MB sınırını aşıyor; daha büyüğü okunmaz. Daha küçük bir dosya seçin.</translation>
    </message>
    <message>
        <source>{file}, line {line}: a comma or a closing bracket is missing after this. Write it.</source>
        <translation>{file}, {line}. satır: Bundan sonra bir virgül ya da kapanış ayracı eksik. Ekleyin.</translation>
    </message>
    <message>
        <source>{file}, line {line}: the first row has {expected} fields, but this one has {found}.</source>
        <translation>{file}, {line}. satır: ilk satırda {expected} alan var, bunda {found}.</translation>
    </message>
    <message>
        <source>{file}, line {line}: the heading {heading} is none of a lesson. Use # Title once, then ## step: Title, and under it ### task, hint, question or answer with a name, or ### see.</source>
        <translation>{file}, {line}. satır: {heading} başlığı bir dersin başlığı değil. Bir kez # Başlık, sonra ## adım: Başlık, altında da adıyla birlikte ### task, hint, question ya da answer veya ### see kullanın.</translation>
    </message>
    <message>
        <source>{file}, line {line}: the lessons need each other in a circle, {circle}. Take one of them out of needs.</source>
        <translation>{file}, {line}. satır: Dersler birbirini döngü hâlinde gerektiriyor: {circle}. Birini needs listesinden çıkarın.</translation>
    </message>
    <message>
        <source>{file}, line {line}: the link {link} leads to no page, lesson or term. Begin it with https://, lesson:, step: or term:.</source>
        <translation>{file}, {line}. satır: {link} bağlantısı bir sayfaya, derse ya da terime gitmiyor. https://, lesson:, step: ya da term: ile başlatın.</translation>
    </message>
    <message>
        <source>{file}, line {line}: the picture {picture} is not in the lesson&apos;s folder. Put a {kinds} file there and write its name alone.</source>
        <translation>{file}, {line}. satır: {picture} görüntüsü dersin klasöründe değil. Oraya bir {kinds} dosyası koyun ve yalnızca adını yazın.</translation>
    </message>
    <message>
        <source>{file}, line {line}: there is a comma with nothing after it. Delete the comma.</source>
        <translation>{file}, {line}. satır: Ardından bir şey gelmeyen bir virgül var. Virgülü silin.</translation>
    </message>
    <message>
        <source>{file}, line {line}: there is no condition {name}. The nearest is {near}; docs/lessons.md lists all.</source>
        <translation>{file}, {line}. satır: {name} diye bir koşul yok. En yakını {near}; hepsi docs/lessons.md içinde.</translation>
    </message>
    <message>
        <source>{file}, line {line}: there is no control {name}. The nearest is {near}; docs/controls.md lists all.</source>
        <translation>{file}, {line}. satır: {name} diye bir denetim yok. En yakını {near}; hepsi docs/controls.md içinde.</translation>
    </message>
    <message>
        <source>{file}, line {line}: under {what} there are more than {most} live numbers. Put some under another heading.</source>
        <translation>{file}, {line}. satır: {what} başlığının altında {most} taneden çok canlı sayı var. Bazılarını başka bir başlığın altına alın.</translation>
    </message>
    <message>
        <source>{file}, line {line}: {command} is not known in a formula. The nearest is {near}; docs/lessons.md lists all.</source>
        <translation>{file}, {line}. satır: {command} formüllerde bilinmiyor. En yakını {near}; hepsi docs/lessons.md içinde.</translation>
    </message>
    <message>
        <source>{file}, line {line}: {fault}. Check the quotation marks.</source>
        <translation>{file}, {line}. satır: {fault}. Tırnak işaretlerini denetleyin.</translation>
    </message>
    <message>
        <source>{file}, line {line}: {fault}. docs/lessons.md says what may stand there.</source>
        <translation>{file}, {line}. satır: {fault}. Buraya neler yazılabileceği docs/lessons.md dosyasında.</translation>
    </message>
    <message>
        <source>{file}, line {line}: {found} is HTML, which a lesson may not hold. Write it in Markdown.</source>
        <translation>{file}, {line}. satır: {found} HTML’dir, bir derste bulunamaz. Markdown ile yazın.</translation>
    </message>
    <message>
        <source>{file}, line {line}: {what} has no text here. Write it under the heading {heading}.</source>
        <translation>{file}, {line}. satır: {what} için burada metin yok. {heading} başlığının altına yazın.</translation>
    </message>
    <message>
        <source>{file}, row {row}, column {column}: {text} is no number with {unit}, as the others are.</source>
        <translation>{file}, {row}. satır, {column} sütunu: {text}, ötekiler gibi {unit} birimiyle yazılmış bir sayı değil.</translation>
    </message>
    <message>
        <source>{file}, row {row}, column {column}: {text} is no number.</source>
        <translation>{file}, {row}. satır, {column} sütunu: {text} bir sayı değil.</translation>
    </message>
    <message>
        <source>{file}: a cluster is sent files of up to {most} MB, and these are larger. Leave the cluster&apos;s address empty to compute on this machine.</source>
        <translation>{file}: Kümeye en çok {most} MB dosya gönderilir; bu veri daha büyük. Bu bilgisayarda hesaplamak için kümenin adresini boş bırakın.</translation>
    </message>
    <message>
        <source>{file}: choose at least one feature column that is no target ({overlap}).</source>
        <translation>{file}: Hedef olmayan en az bir girdi sütunu seçin ({overlap}).</translation>
    </message>
    <message>
        <source>{file}: classes need 2 to {most} different values, and {column} has {count} in the rows without gaps. Fill the gaps in, or choose another target.</source>
        <translation>{file}: Sınıflar için 2 ile {most} arasında farklı değer gerekir; eksik değeri olmayan satırlarda {column} sütununda {count} tane var. Eksik değerleri doldurun ya da başka bir hedef seçin.</translation>
    </message>
    <message>
        <source>{file}: classes need 2 to {most} different values, and {column} has {count}. Choose another target.</source>
        <translation>{file}: Sınıflar için 2 ile {most} arasında farklı değer gerekir; {column} sütununda {count} tane var. Başka bir hedef seçin.</translation>
    </message>
    <message>
        <source>{file}: column {column} holds formulas whose results are not stored. Open the file in Excel or LibreOffice, save it, and read it again; or leave the column out.</source>
        <translation>{file}: {column} sütununda sonuçları dosyaya yazılmamış formüller var. Dosyayı Excel ya da LibreOffice ile açıp kaydedin, sonra yeniden okuyun; ya da bu sütunu kullanmayın.</translation>
    </message>
    <message>
        <source>{file}: column {column} holds {count} different words. Leave it out, or group them.</source>
        <translation>{file}: {column} sütununda {count} farklı sözcük var. Sütunu atlayın ya da sözcükleri gruplayın.</translation>
    </message>
    <message>
        <source>{file}: frames that cannot be decoded were passed over ({count} from frame {first} on). Copy or download the video again.</source>
        <translation>{file}: Çözülemeyen kareler atlandı ({first}. kareden başlayarak {count} kare). Videoyu yeniden kopyalayın ya da indirin.</translation>
    </message>
    <message>
        <source>{file}: it sends something that is no picture. Check the address and its format.</source>
        <translation>{file}: Görüntü olmayan bir şey gönderiyor. Adresi ve biçimini denetleyin.</translation>
    </message>
    <message>
        <source>{file}: it wants a name and a password, or others than those given. Type them into the address, as in http://name:password@camera/.</source>
        <translation>{file}: Kullanıcı adı ve parola istiyor ya da verilenleri kabul etmiyor. Bunları adrese yazın; örneğin http://ad:parola@kamera/.</translation>
    </message>
    <message>
        <source>{file}: layer {layer} does not fit ({reason}). Check that the prototxt belongs to this caffemodel.</source>
        <translation>{file}: {layer} katmanı uymuyor ({reason}). prototxt dosyasının bu caffemodel’e ait olduğunu denetleyin.</translation>
    </message>
    <message>
        <source>{file}: line {line} is not valid prototxt ({reason}). Correct the line.</source>
        <translation>{file}: {line}. satır geçerli prototxt değil ({reason}). Satırı düzeltin.</translation>
    </message>
    <message>
        <source>{file}: line {line} of the labels file is not UTF-8 text. Save the file as UTF-8.</source>
        <translation>{file}: Etiket dosyasının {line}. satırı UTF-8 metin değil. Dosyayı UTF-8 olarak kaydedin.</translation>
    </message>
    <message>
        <source>{file}: no new picture for {seconds} s. Check the cable or the connection.</source>
        <translation>{file}: {seconds} sn boyunca yeni görüntü gelmedi. Kabloyu ya da bağlantıyı denetleyin.</translation>
    </message>
    <message>
        <source>{file}: no picture comes from it ({reason}). Check that it is there and free.</source>
        <translation>{file}: Görüntü gelmiyor ({reason}). Bağlı olduğunu ve başka bir programın kullanmadığını denetleyin.</translation>
    </message>
    <message>
        <source>{file}: no row has all its values. Fill the gaps instead of dropping the rows.</source>
        <translation>{file}: Hiçbir satırın tüm değerleri yok. Satırları atlamak yerine eksik değerleri doldurun.</translation>
    </message>
    <message>
        <source>{file}: not one frame can be decoded. The file is damaged, or its codec ({codec}) is not among those that OpenCV brings. Convert the video to H.264.</source>
        <translation>{file}: Hiçbir karenin kodu çözülemiyor. Dosya bozuk ya da kodlayıcısı ({codec}) OpenCV ile gelenler arasında değil. Videoyu H.264’e dönüştürün.</translation>
    </message>
    <message>
        <source>{file}: some of the model&apos;s weights lie in another file, {name}, which is missing. Put it into the same folder.</source>
        <translation>{file}: Modelin ağırlıklarının bir bölümü {name} adlı dosyada; o dosya eksik. Onu aynı klasöre koyun.</translation>
    </message>
    <message>
        <source>{file}: the Caffe model cannot be read ({reason}). Copy or download it again.</source>
        <translation>{file}: Caffe modeli okunamıyor ({reason}). Yeniden kopyalayın ya da indirin.</translation>
    </message>
    <message>
        <source>{file}: the address {url} is not https, so nothing was fetched from it. Use an https address.</source>
        <translation>{file}: {url} adresi https değil; oradan bir şey alınmadı. Bir https adresi kullanın.</translation>
    </message>
    <message>
        <source>{file}: the download did not finish ({reason}). Check the connection and try again.</source>
        <translation>{file}: İndirme tamamlanmadı ({reason}). Bağlantıyı denetleyip yeniden deneyin.</translation>
    </message>
    <message>
        <source>{file}: the file cannot be read ({reason}). Check its permissions.</source>
        <translation>{file}: Dosya okunamıyor ({reason}). İzinlerini denetleyin.</translation>
    </message>
    <message>
        <source>{file}: the file cannot be written ({reason}). Choose another folder or make room.</source>
        <translation>{file}: Dosya yazılamıyor ({reason}). Başka bir klasör seçin ya da yer açın.</translation>
    </message>
    <message>
        <source>{file}: the file does not say which shape {name} has, and it does not follow from the operators. Export the model again with the shapes of its input and outputs.</source>
        <translation>{file}: Dosya, {name} için bir boyut belirtmiyor ve bu boyut işleçlerden de çıkmıyor. Modeli, girdi ve çıktılarının boyutlarıyla yeniden dışa aktarın.</translation>
    </message>
    <message>
        <source>{file}: the file has {labels} labels, but the model gives {outputs} scores. Give the labels file that belongs to this model.</source>
        <translation>{file}: Dosyada {labels} etiket var, ama model {outputs} puan veriyor. Bu modele ait etiket dosyasını seçin.</translation>
    </message>
    <message>
        <source>{file}: the file is empty. Choose another picture.</source>
        <translation>{file}: Dosya boş. Başka bir görüntü seçin.</translation>
    </message>
    <message>
        <source>{file}: the file is not the one it should be (its SHA-256 differs). Copy or download it again.</source>
        <translation>{file}: Dosya, beklenen dosya değil (SHA-256 farklı). Yeniden kopyalayın ya da indirin.</translation>
    </message>
    <message>
        <source>{file}: the folder holds more than {limit} files. Choose one with fewer.</source>
        <translation>{file}: Klasörde {limit} taneden çok dosya var. Daha az dosyalı bir klasör seçin.</translation>
    </message>
    <message>
        <source>{file}: the folder holds no picture. Choose a folder with JPEG, PNG or other pictures.</source>
        <translation>{file}: Klasörde görüntü yok. JPEG, PNG ya da başka görüntüler içeren bir klasör seçin.</translation>
    </message>
    <message>
        <source>{file}: the labels file is empty. Write one label on each line.</source>
        <translation>{file}: Etiket dosyası boş. Her satıra bir etiket yazın.</translation>
    </message>
    <message>
        <source>{file}: the model fails on an input of shape {shape} ({reason}). Check the size and the colours it expects.</source>
        <translation>{file}: Model {shape} biçimindeki girdide hata veriyor ({reason}). Beklediği boyutu ve renkleri denetleyin.</translation>
    </message>
    <message>
        <source>{file}: the model file is empty. Copy or download it again.</source>
        <translation>{file}: Model dosyası boş. Yeniden kopyalayın ya da indirin.</translation>
    </message>
    <message>
        <source>{file}: the model is computing on another thread. Load it once for each thread.</source>
        <translation>{file}: Model başka bir iş parçacığında hesaplıyor. Her iş parçacığı için bir kez yükleyin.</translation>
    </message>
    <message>
        <source>{file}: the model wants {count} inputs ({names}); one picture can fill only one. Choose a model with one input.</source>
        <translation>{file}: Model {count} girdi istiyor ({names}); bir görüntü yalnızca birini doldurur. Tek girdili bir model seçin.</translation>
    </message>
    <message>
        <source>{file}: the model was read, but OpenCV cannot run it ({reason}). Export it again with other operators or a lower opset.</source>
        <translation>{file}: Model okundu, ama OpenCV çalıştıramıyor ({reason}). Başka işleçlerle ya da daha düşük bir opset ile yeniden dışa aktarın.</translation>
    </message>
    <message>
        <source>{file}: the model&apos;s description cannot be read ({reason}). Restore the file.</source>
        <translation>{file}: Modelin tanımı okunamıyor ({reason}). Dosyayı geri yükleyin.</translation>
    </message>
    <message>
        <source>{file}: the model&apos;s output has shape {shape}, which is no mask. Read its output in another way.</source>
        <translation>{file}: Modelin çıktısının biçimi {shape}; bu bir maske değil. Çıktısını başka türlü okuyun.</translation>
    </message>
    <message>
        <source>{file}: the model&apos;s output has shape {shape}, which is not one score for each class. Choose a classification model.</source>
        <translation>{file}: Modelin çıktısı {shape} biçiminde; bu, her sınıf için bir puan değil. Bir sınıflandırma modeli seçin.</translation>
    </message>
    <message>
        <source>{file}: the model&apos;s output holds numbers that are not finite. Its weights are damaged; copy or download it again.</source>
        <translation>{file}: Modelin çıktısında sonlu olmayan sayılar var. Ağırlıkları bozuk; yeniden kopyalayın ya da indirin.</translation>
    </message>
    <message>
        <source>{file}: the model&apos;s outputs have the shapes {shape}, which are not the boxes that were expected. Read its output in another way.</source>
        <translation>{file}: Modelin çıktılarının biçimleri {shape}; beklenen kutular bunlar değil. Çıktısını başka türlü okuyun.</translation>
    </message>
    <message>
        <source>{file}: the picture breaks off before its end. Copy or download it again.</source>
        <translation>{file}: Görüntü dosyası yarıda kesiliyor. Yeniden kopyalayın ya da indirin.</translation>
    </message>
    <message>
        <source>{file}: there is no hidden layer {layer}; the hidden layers are 1 to {hidden}.</source>
        <translation>{file}: {layer}. gizli katman yok; gizli katmanlar 1 ile {hidden} arasında.</translation>
    </message>
    <message>
        <source>{file}: this is a file, and the pictures are written into a folder. Name a folder, or one that is not there yet.</source>
        <translation>{file}: Bu bir dosya; oysa resimler bir klasöre yazılır. Bir klasörün ya da henüz olmayan bir klasörün adını verin.</translation>
    </message>
    <message>
        <source>{file}: this is no picture that can be read. Give a JPEG, PNG, GIF, BMP, WebP, AVIF, HEIC, TIFF or PNM file.</source>
        <translation>{file}: Okunabilen bir görüntü dosyası değil. JPEG, PNG, GIF, BMP, WebP, AVIF, HEIC, TIFF ya da PNM dosyası seçin.</translation>
    </message>
    <message>
        <source>{file}: this is no video that can be played, or it breaks off. Copy or download it again, or give another MP4, AVI, MOV, MKV or WebM file.</source>
        <translation>{file}: Oynatılabilen bir video değil ya da yarıda kesiliyor. Yeniden kopyalayın ya da indirin; olmazsa başka bir MP4, AVI, MOV, MKV ya da WebM dosyası seçin.</translation>
    </message>
    <message>
        <source>“{formula}” has no value, or too large a one, at x1 = {x1}, x2 = {x2}. It needs one wherever both lie between -1 and 1.</source>
        <translation>“{formula}”, x1 = {x1}, x2 = {x2} noktasında tanımsız ya da çok büyük. İkisi de −1 ile 1 arasındayken her yerde uygun bir değeri olmalı.</translation>
    </message>
    <message>
        <source>“{formula}” is no formula of x1 and x2. Use numbers, + - * / ^, brackets and {functions}; a comparison, as with &lt;, makes two classes.</source>
        <translation>“{formula}”, x1 ve x2’nin bir formülü değil. Sayı, + - * / ^, parantez ve {functions} kullanın; &lt; gibi bir karşılaştırma iki sınıf yapar.</translation>
    </message>
    <message>
        <source>{file}: the picture is damaged and cannot be decoded. Copy or download it again.</source>
        <translation>{file}: Görüntü bozuk, çözülemiyor. Yeniden kopyalayın ya da indirin.</translation>
    </message>
    <message>
        <source>No data come with it: the table holds {n} points, with the network&apos;s own answers as targets. To see it on other data, choose those.</source>
        <translation>Ağ, yanında veri getirmiyor: Tabloda {n} nokta, hedef olarak da ağın kendi yanıtları var. Ağı başka verilerde görmek için onları seçin.</translation>
    </message>
    <message>
        <source>The experiment is damaged at {path}: {fault}. Open another copy of it.</source>
        <translation>Deney dosyası bozuk ({path}): {fault}. Dosyanın başka bir kopyasını açın.</translation>
    </message>
    <message>
        <source>The file breaks off or is damaged at line {line}, column {column}. Open another copy of it.</source>
        <translation>Dosya {line}. satırın {column}. sütununda kesiliyor ya da bozuk. Başka bir kopyasını açın.</translation>
    </message>
    <message>
        <source>The file has no schema_version, so it is no Glassnet experiment. Open a .glassnet file.</source>
        <translation>Dosyada schema_version yok; bu bir Glassnet deneyi değil. Bir .glassnet dosyası açın.</translation>
    </message>
    <message>
        <source>The network has {network} inputs, but the data have {data}. Make one with {data}, or choose other columns.</source>
        <translation>Ağın {network} girdisi var, verinin ise {data}. {data} girdili bir ağ kurun ya da başka sütunlar seçin.</translation>
    </message>
    <message>
        <source>The output layer has {network} units, but the data have {data} targets. Give it {data} units, or choose other targets.</source>
        <translation>Çıktı katmanında {network} birim var, veride ise {data} hedef. Katmanın birim sayısını {data} yapın ya da başka hedefler seçin.</translation>
    </message>
    <message>
        <source>The {part} inputs have shape {x} and the targets {y}; both need two dimensions, and one row an example.</source>
        <translation>{part} girdilerinin biçimi {x}, hedeflerin {y}; ikisi de iki boyutlu olmalı, her örnek için bir satır içermeli.</translation>
    </message>
    <message>
        <source>There is no data called {name}. Use the path of a .csv or .xlsx file, a formula of x1 and x2, or one of: {known}.</source>
        <translation>{name} adında veri yok. Bir .csv ya da .xlsx dosyasının yolunu, x1 ile x2’nin bir formülünü ya da şunlardan birini yazın: {known}.</translation>
    </message>
    <message>
        <source>a detector with the head of SSD, YOLO or Caffe&apos;s DetectionOutput</source>
        <translation>SSD, YOLO ya da Caffe’nin DetectionOutput başını kullanan bir nesne bulucu</translation>
    </message>
    <message>
        <source>its {boxes} boxes are as many as the cells of a YOLO of {width} x {height}</source>
        <translation>{boxes} kutusu, {width} x {height} boyutlu bir YOLO’nun hücreleri kadar</translation>
    </message>
    <message>
        <source>three numbers from -1e30 to 1e30</source>
        <translation>-1e30 ile 1e30 arasında üç sayı</translation>
    </message>
    <message>
        <source>three numbers from 1e-30 to 1e30</source>
        <translation>1e-30 ile 1e30 arasında üç sayı</translation>
    </message>
    <message>
        <source>{file} cannot be written: {fault}. Choose another name or folder.</source>
        <translation>{file} yazılamıyor: {fault}. Başka bir ad ya da klasör seçin.</translation>
    </message>
    <message>
        <source>{file} has no row {row}; its rows are 1 to {last}. Choose one of them.</source>
        <translation>{file} içinde {row}. satır yok; satırlar 1 ile {last} arasında. Bunlardan birini seçin.</translation>
    </message>
    <message>
        <source>{file} holds no rows. Choose another file.</source>
        <translation>{file} dosyasında satır yok. Başka bir dosya seçin.</translation>
    </message>
    <message>
        <source>{file} holds no text, so it is no table that can be read here. Save the table as .csv or .xlsx, and open that.</source>
        <translation>{file} metin içermiyor, bu yüzden burada tablo olarak okunamaz. Tabloyu .csv ya da .xlsx olarak kaydedin, onu seçin.</translation>
    </message>
    <message>
        <source>{file} is JSON and no table. Save its rows as .csv or .xlsx, and open that.</source>
        <translation>{file} bir tablo değil, JSON. Satırlarını .csv ya da .xlsx olarak kaydedin, onu seçin.</translation>
    </message>
    <message>
        <source>{file} is a web page or XML, whatever its name says. Open it in Excel or LibreOffice, save it as .xlsx, and open that.</source>
        <translation>{file}, adı ne olursa olsun, bir web sayfası ya da XML. Excel ya da LibreOffice ile açıp .xlsx olarak kaydedin, onu seçin.</translation>
    </message>
    <message>
        <source>{file} is an OpenDocument sheet. Save it as .xlsx, and open that.</source>
        <translation>{file} bir OpenDocument tablosu. .xlsx olarak kaydedin, onu seçin.</translation>
    </message>
    <message>
        <source>{file}, line {line}: JSON wants straight double quotation marks. Write this one anew in a plain text editor.</source>
        <translation>{file}, {line}. satır: JSON düz çift tırnak işareti ister. Bunu bir düz metin düzenleyicisinde yeniden yazın.</translation>
    </message>
    <message>
        <source>{file}, row {row}, column {column}: {value} is too large to compute with. Divide the column, or leave it out.</source>
        <translation>{file}, {row}. satır, {column} sütunu: {value} hesaplanamayacak kadar büyük. Sütunu bir sayıya bölün ya da atlayın.</translation>
    </message>
    <message>
        <source>{file}: the picture is {width} x {height} pixels and would need {megabytes} MB; the limit is {limit_megabytes} MB. Make it smaller first.</source>
        <translation>{file}: Görüntü {width} x {height} piksel, {megabytes} MB gerektirir; sınır {limit_megabytes} MB. Önce küçültün.</translation>
    </message>
    <message>
        <source>{file}: the project has version {version}; this Glassnet reads up to version {known}. Install a newer Glassnet to open it.</source>
        <translation>{file}: Projenin sürümü {version}; bu Glassnet yalnızca {known} ve önceki sürümleri okur. Açmak için daha yeni bir Glassnet kurun.</translation>
    </message>
    <message>
        <source>{file}: the project is damaged ({reason}). Take an older copy of it.</source>
        <translation>{file}: Proje bozuk ({reason}). Daha eski bir kopyasını kullanın.</translation>
    </message>
    <message>
        <source>{file}: there is no hidden layer, so only learning rates can be swept. Leave out --widths and --layer.</source>
        <translation>{file}: Gizli katman olmadığından yalnızca öğrenme oranları taranabilir. --widths ve --layer seçeneklerini yazmayın.</translation>
    </message>
    <message>
        <source>{file}: there is no looking inside this network ({reason}). Choose another model.</source>
        <translation>{file}: Bu ağın içine bakılamıyor ({reason}). Başka bir model seçin.</translation>
    </message>
    <message>
        <source>{file}: there is no room for {megabytes} MB. Free some space and try again.</source>
        <translation>{file}: {megabytes} MB için yer yok. Yer açıp yeniden deneyin.</translation>
    </message>
    <message>
        <source>{file}: there is no such file. Check the path.</source>
        <translation>{file}: Böyle bir dosya yok. Yolu denetleyin.</translation>
    </message>
    <message>
        <source>{file}: these Caffe layers cannot be converted: {layers}. Convert the model to ONNX with another tool.</source>
        <translation>{file}: Şu Caffe katmanları dönüştürülemiyor: {layers}. Modeli başka bir araçla ONNX’e dönüştürün.</translation>
    </message>
    <message>
        <source>{file}: these TFLite operators cannot be converted: {operators}. Convert the model to ONNX with another tool.</source>
        <translation>{file}: Şu TFLite işleçleri dönüştürülemiyor: {operators}. Modeli başka bir araçla ONNX’e dönüştürün.</translation>
    </message>
    <message>
        <source>{file}: these are the weights of a Caffe model; its description (.prototxt) is missing. Put it beside them, or give both: the window takes both files at once, classify --model and --prototxt.</source>
        <translation>{file}: Bunlar bir Caffe modelinin ağırlıkları; tanımı (.prototxt) eksik. Onu yanlarına koyun ya da iki dosyayı birlikte açın: Pencereye ikisini birden bırakın; classify için --model ve --prototxt kullanın.</translation>
    </message>
    <message>
        <source>{file}: this holds fewer than 2 folders with pictures. Put the pictures of each class into a folder of its own.</source>
        <translation>{file}: İçinde görüntü bulunan 2’den az klasör var. Her sınıfın görüntülerini kendi klasörüne koyun.</translation>
    </message>
    <message>
        <source>{file}: this is another picture than the one that was added. Put the old one back, or remove it from its class and add the new one.</source>
        <translation>{file}: Bu, eklenenden başka bir görüntü. Eskisini yerine koyun ya da sınıfından kaldırıp yenisini ekleyin.</translation>
    </message>
    <message>
        <source>{file}: this is no Glassnet teach project. Choose another file.</source>
        <translation>{file}: Bu bir Glassnet öğretme projesi değil. Başka bir dosya seçin.</translation>
    </message>
    <message>
        <source>{file}: this is no model that can be read ({reason}). Give an ONNX, TFLite, TensorFlow .pb or Caffe file.</source>
        <translation>{file}: Okunabilen bir model değil ({reason}). ONNX, TFLite, TensorFlow .pb ya da Caffe dosyası seçin.</translation>
    </message>
    <message>
        <source>{file}: this is the description of a Caffe model; its weights (.caffemodel) are missing. Put them beside it, or give both: the window takes both files at once, classify --model and --prototxt.</source>
        <translation>{file}: Bu, bir Caffe modelinin tanımı; ağırlıkları (.caffemodel) eksik. Onları yanına koyun ya da iki dosyayı birlikte açın: Pencereye ikisini birden bırakın; classify için --model ve --prototxt kullanın.</translation>
    </message>
    <message>
        <source>{file}: this is {kind}, which needs its own library. Export the model as ONNX with {how}.</source>
        <translation>{file}: Bu, {kind}; kendi kitaplığını gerektirir. Modeli {how} ile ONNX olarak dışa aktarın.</translation>
    </message>
    <message>
        <source>{file}: this is {kind}. Choose {wanted}.</source>
        <translation>{file}: Bu, {kind}. Şunu seçin: {wanted}.</translation>
    </message>
    <message>
        <source>{file}: this picture is of the kind {kind}, which cannot be read here. Save it as PNG or JPEG with another program.</source>
        <translation>{file}: Bu görüntü burada okunamayan bir türden: {kind}. Başka bir programla PNG ya da JPEG olarak kaydedin.</translation>
    </message>
    <message>
        <source>{file}: what a layer gives would need {megabytes} MB; at most {limit_megabytes} MB are computed. Export the model for smaller pictures.</source>
        <translation>{file}: Bir katmanın çıktısı {megabytes} MB yer tutar; en çok {limit_megabytes} MB hesaplanır. Modeli daha küçük görüntüler için dışa aktarın.</translation>
    </message>
    <message>
        <source>{file}: what came is not the model that was expected (its SHA-256 differs). It was thrown away; try again later.</source>
        <translation>{file}: Gelen dosya, beklenen model değil (SHA-256 farklı). Silindi; daha sonra yeniden deneyin.</translation>
    </message>
    <message>
        <source>{file}: {column} holds words, which a regression cannot predict. Choose classification.</source>
        <translation>{file}: {column} sözcük içeriyor; regresyon bunları tahmin edemez. Sınıflandırmayı seçin.</translation>
    </message>
    <message>
        <source>{file}: {column} holds words; of several targets each must be a number.</source>
        <translation>{file}: {column} sözcük içeriyor; birden çok hedefin her biri sayı olmalı.</translation>
    </message>
    <message>
        <source>{file}: {first} and {second} name the same file. Give each a name of its own.</source>
        <translation>{file}: {first} ile {second} aynı dosyayı gösteriyor. Her birine ayrı bir ad verin.</translation>
    </message>
    <message>
        <source>{file}: {name} is not in the lesson&apos;s folder. Copy it there and write its name alone.</source>
        <translation>{file}: {name} dersin klasöründe değil. Oraya kopyalayın ve yalnızca adını yazın.</translation>
    </message>
    <message>
        <source>{first} or {second}</source>
        <translation>{first} ya da {second}</translation>
    </message>
    <message>
        <source>{found} does not match {input}</source>
        <translation>{found}, {input} ile uyuşmuyor</translation>
    </message>
    <message>
        <source>{found} is not expected here</source>
        <translation>{found} burada beklenmiyor</translation>
    </message>
    <message>
        <source>{images} holds {pictures} pictures but {labels} holds {found} labels.</source>
        <translation>{images} içinde {pictures} görüntü var, ama {labels} içinde {found} etiket.</translation>
    </message>
    <message>
        <source>{name} holds a number beyond 3.4e38, which ONNX&apos;s float32 cannot hold.</source>
        <translation>{name} 3,4e38 sınırını aşan bir sayı içeriyor; ONNX’in float32 türü bunu tutamaz.</translation>
    </message>
    <message>
        <source>{name} is missing in {where}</source>
        <translation>{where} içinde {name} eksik</translation>
    </message>
    <message>
        <source>{name} is not one tensor</source>
        <translation>{name} tek bir tensör değil</translation>
    </message>
    <message>
        <source>{name} must be a number</source>
        <translation>{name} bir sayı olmalı</translation>
    </message>
    <message>
        <source>{name} must be a whole number</source>
        <translation>{name} bir tam sayı olmalı</translation>
    </message>
    <message>
        <source>{name} must be one value, not a block</source>
        <translation>{name} bir blok değil, tek bir değer olmalı</translation>
    </message>
    <message>
        <source>{name} must be true or false</source>
        <translation>{name} true ya da false olmalı</translation>
    </message>
    <message>
        <source>{name} must have a block in braces</source>
        <translation>{name} için süslü ayraç içinde bir blok gerekiyor</translation>
    </message>
    <message>
        <source>{name} takes {fewest} to {most} inputs, not {wanted}.</source>
        <translation>{name} {fewest} ile {most} arası girdi alır, {wanted} değil.</translation>
    </message>
    <message>
        <source>{name}, which the node {node} reads, holds a number that is not finite. Train the network again, and export it before its weights overflow.</source>
        <translation>{node} düğümünün okuduğu {name} içinde sonlu olmayan bir sayı var. Ağı yeniden eğitin ve ağırlıkları taşmadan dışa aktarın.</translation>
    </message>
    <message>
        <source>{name}: its nearest miss would be ticked</source>
        <translation>{name}: En yakın yanlış sonuç da yapılmış sayılırdı</translation>
    </message>
    <message>
        <source>{name}: there is no question {question}</source>
        <translation>{name}: {question} diye bir soru yok</translation>
    </message>
    <message>
        <source>{n} more</source>
        <translation>{n} tane daha</translation>
    </message>
    <message>
        <source>{one}; {next}</source>
        <translation>{one}; {next}</translation>
    </message>
    <message>
        <source>{operator} ({nodes}) with alpha = {alpha}: Build&apos;s has {own}</source>
        <translation>{operator} ({nodes}), alpha = {alpha}: Kur’daki {own}</translation>
    </message>
    <message>
        <source>{operator} ({nodes}): Build&apos;s softmax is over the last layer&apos;s units</source>
        <translation>{operator} ({nodes}): Kur’da softmax yalnızca son katmanın birimleri üzerindedir</translation>
    </message>
    <message>
        <source>{operator} ({nodes}): an activation without a layer of its own</source>
        <translation>{operator} ({nodes}): kendi katmanı olmayan bir aktivasyon</translation>
    </message>
    <message>
        <source>{operator} ({nodes}): export it with one input, a row of all columns</source>
        <translation>{operator} ({nodes}): bütün sütunları tek bir satırda alan bir girdiyle dışa aktarın</translation>
    </message>
    <message>
        <source>{operator} ({nodes}): for pictures, which Vision takes</source>
        <translation>{operator} ({nodes}): görüntüler içindir; onları Görüntü sekmesi açar</translation>
    </message>
    <message>
        <source>{operator} ({nodes}): its numbers fit no layer</source>
        <translation>{operator} ({nodes}): sayıları hiçbir katmana uymuyor</translation>
    </message>
    <message>
        <source>{operator} ({nodes}): its weights are not in the file</source>
        <translation>{operator} ({nodes}): ağırlıkları dosyada yok</translation>
    </message>
    <message>
        <source>{operator} ({nodes}): none of Build&apos;s layers and activations</source>
        <translation>{operator} ({nodes}): Kur’un katman ve aktivasyonlarından biri değil</translation>
    </message>
    <message>
        <source>{operator} ({nodes}): off the one path from layer to layer</source>
        <translation>{operator} ({nodes}): katmandan katmana giden tek yolun dışında</translation>
    </message>
    <message>
        <source>{place} is no weight; write 1.h3.x1, or 1.h3.b for a bias</source>
        <translation>{place} bir ağırlık değil; 1.h3.x1 ya da sapma için 1.h3.b yazın</translation>
    </message>
    <message>
        <source>{shape} and holds numbers up to {most}</source>
        <translation>{shape}, içindeki sayılar da {most} değerine kadar çıkıyor</translation>
    </message>
    <message>
        <source>{shape} cannot be joined to {input}</source>
        <translation>{shape}, {input} ile birleştirilemez</translation>
    </message>
    <message>
        <source>{term} is no input. Use a column, a*b, a^2 or sin(a); put names like &quot;petal length&quot; in quotes, and commas between inputs.</source>
        <translation>{term} bir girdi değil. Bir sütun, a*b, a^2 ya da sin(a) yazın; &quot;petal length&quot; gibi adları tırnak içine alın, girdileri virgülle ayırın.</translation>
    </message>
    <message>
        <source>{what} is {value}. Use {wanted}.</source>
        <translation>{what} değeri {value}. Kullanılabilecek: {wanted}.</translation>
    </message>
    <message>
        <source>{where} must be {wanted}</source>
        <translation>{where}, {wanted} olmalı</translation>
    </message>
    <message>
        <source>{where} must be {wanted}, not {found}</source>
        <translation>{where}, {found} değil, {wanted} olmalı</translation>
    </message>
    <message>
        <source>{where}: {fault}</source>
        <translation>{where}: {fault}</translation>
    </message>
    <message>
        <source>{width} x {height}, {colours}, mean {mean}, scale {scale}{std}, {fit}</source>
        <translation>{width} x {height}; {colours}; ortalama {mean}; ölçek {scale}{std}; {fit}</translation>
    </message>
    <message>
        <source>{name} cannot be read or written: {reason}.</source>
        <translation>{name} okunamıyor ya da yazılamıyor: {reason}.</translation>
    </message>
    <message>
        <source>Something unexpected went wrong ({kind}). Your network is as it was before.</source>
        <translation>Beklenmeyen bir hata oluştu ({kind}). Ağınız önceki hâlinde.</translation>
    </message>
    <message>
        <source>{name} is not there. Check its name and folder.</source>
        <translation>{name} bulunamadı. Adını ve klasörünü denetleyin.</translation>
    </message>
    <message>
        <source>The perceptron rule counts mistakes and knows no loss {loss}. Leave out --loss, or choose another optimiser.</source>
        <translation>Perceptron kuralı yanlışları sayar, {loss} kaybını bilmez. --loss seçeneğini kaldırın ya da başka bir eniyileyici seçin.</translation>
    </message>
    <message>
        <source>Row {row} has the target {value} in {column}, but a perceptron answers 0 or 1. Choose another optimiser than the perceptron rule.</source>
        <translation>{row}. satırın {column} hedefi {value}, oysa perceptron 0 ya da 1 yanıtını verir. Perceptron kuralından başka bir eniyileyici seçin.</translation>
    </message>
    <message>
        <source>{file} reads {data}, which lies on another computer. Copy that beside the experiment.</source>
        <translation>{file}, başka bir bilgisayardaki {data} dosyasını okuyor. Onu deneyin yanına kopyalayın.</translation>
    </message>
    <message>
        <source>--{name} is {value}. Use {least} or more.</source>
        <translation>--{name} için {value} verildi. En az {least} verin.</translation>
    </message>
    <message>
        <source>--{name} is {value}, more than a file can hold. Use a smaller number.</source>
        <translation>--{name} için {value} verildi; bu sayı bir dosyaya sığmaz. Daha küçük bir sayı verin.</translation>
    </message>
    <message>
        <source>Layer {layer} has a weight of size {value}, more than single precision holds. Make it smaller, or switch single precision off.</source>
        <translation>{layer}. katmanda büyüklüğü {value} olan bir ağırlık var; tek duyarlık bunu tutamaz. Ağırlığı küçültün ya da tek duyarlığı kapatın.</translation>
    </message>
    <message>
        <source>Say what to write: --onnx FILE, --numpy FILE, --pytorch FILE or --notebook FILE.</source>
        <translation>Ne yazılacağını belirtin: --onnx DOSYA, --numpy DOSYA, --pytorch DOSYA ya da --notebook DOSYA.</translation>
    </message>
    <message>
        <source>The class {name} has too few pictures ({count}); at least {least} are needed, one to learn from and one to test with. Add some, or remove the class.</source>
        <translation>{name} sınıfında çok az görüntü var ({count}); biri öğrenme, biri doğrulama için olmak üzere en az {least} görüntü gerekir. Görüntü ekleyin ya da sınıfı kaldırın.</translation>
    </message>
    <message>
        <source>The inputs have shape {x} and the answers {y}; both need one row an example.</source>
        <translation>Girdilerin biçimi {x}, yanıtların {y}; ikisinde de her örnek için bir satır olmalı.</translation>
    </message>
    <message>
        <source>The inputs or answers hold numbers that are not finite.</source>
        <translation>Girdilerde ya da yanıtlarda sonlu olmayan sayılar var.</translation>
    </message>
    <message>
        <source>a network that finds the landmarks of a face, a hand or a body</source>
        <translation>yüz, el ya da beden noktalarını bulan bir ağ</translation>
    </message>
    <message>
        <source>class {number}</source>
        <translation>sınıf {number}</translation>
    </message>
    <message>
        <source>it names no data</source>
        <translation>veri belirtmiyor</translation>
    </message>
    <message>
        <source>{file} cannot be read: {fault}. Check its name, and that you may read it.</source>
        <translation>{file} okunamıyor: {fault}. Adını ve okuma izninizi denetleyin.</translation>
    </message>
    <message>
        <source>{file} is missing. Write it, or take {language} out of languages in lesson.json.</source>
        <translation>{file} yok. Yazın ya da lesson.json içindeki languages listesinden {language} dilini çıkarın.</translation>
    </message>
    <message>
        <source>{file} is neither a lesson, which is a folder with a lesson.json, nor a challenge file. The command `lessons` lists those that come with Glassnet.</source>
        <translation>{file} ne bir ders (içinde lesson.json olan bir klasör) ne de bir alıştırma dosyası. Glassnet ile gelen dersleri `lessons` komutu listeler.</translation>
    </message>
    <message>
        <source>{file} is {megabytes} MB large; at most {limit} MB are read. Choose a smaller file.</source>
        <translation>{file} {megabytes} MB büyüklüğünde; en çok {limit} MB okunur. Daha küçük bir dosya seçin.</translation>
    </message>
    <message>
        <source>{file} has {found} columns; at most {most} are read. Check the separator, or keep only the columns that you need.</source>
        <translation>{file} dosyasında {found} sütun var; en çok {most} sütun okunur. Ayırıcıyı denetleyin ya da yalnızca gereken sütunları bırakın.</translation>
    </message>
    <message>
        <source>{file}: the picture cannot be decoded: it is damaged, or of a kind that is not read here. Save it as PNG or JPEG with another program.</source>
        <translation>{file}: Görüntünün kodu çözülemiyor: Görüntü bozuk ya da burada okunmayan bir türde. Başka bir programla PNG ya da JPEG olarak kaydedin.</translation>
    </message>
    <message>
        <source>{file}: this is a device or a pipe and no file. Choose a file.</source>
        <translation>{file}: Bu bir dosya değil, bir aygıt ya da boru hattı. Bir dosya seçin.</translation>
    </message>
    <message>
        <source>{file} was written by another program while this run trained, and is left as it is. The result is in {other}; choose which to keep.</source>
        <translation>{file}, bu eğitim sürerken başka bir program tarafından yazıldı ve olduğu gibi bırakıldı. Sonuç {other} dosyasında; hangisini tutacağınızı seçin.</translation>
    </message>
    <message>
        <source>{file}: the name holds bytes that are no text, so no experiment could keep it. Rename the file.</source>
        <translation>{file}: Adında metin olmayan baytlar var, bu yüzden hiçbir deneyde saklanamaz. Dosyayı yeniden adlandırın.</translation>
    </message>
    <message>
        <source>{file} is a device or a pipe and no file. Choose a file.</source>
        <translation>{file} bir dosya değil, bir aygıt ya da boru hattı. Bir dosya seçin.</translation>
    </message>
    <message>
        <source>{file}: the file has {megabytes} MB; at most {limit_megabytes} MB are read. Choose a smaller one.</source>
        <translation>{file}: Dosya {megabytes} MB; en çok {limit_megabytes} MB okunur. Daha küçük bir dosya seçin.</translation>
    </message>
    <message>
        <source>{file} cannot be written: there is no such folder. Make it first.</source>
        <translation>{file} yazılamıyor: Böyle bir klasör yok. Önce klasörü oluşturun.</translation>
    </message>
    <message>
        <source>A lottery takes 1 to {most} seeds, not {seeds}. Choose another number.</source>
        <translation>Tohum sayısı 1 ile {most} arasında olmalı; {seeds} olamaz. Başka bir sayı seçin.</translation>
    </message>
    <message>
        <source>{file}, line {line}: {found} is no live number. The nearest is {near}; docs/lessons.md lists all, and \{{ writes a brace.</source>
        <translation>{file}, {line}. satır: {found} bir canlı sayı değil. En yakını {near}; hepsi docs/lessons.md içinde; ayraç yazmak için \{{ kullanın.</translation>
    </message>
    <message>
        <source>{file}, line {line}: {name} is not known here. The nearest is {near}; docs/lessons.md says what may stand there.</source>
        <translation>{file}, {line}. satır: {name} burada bilinmiyor. En yakını {near}. Buraya neler yazılabileceği docs/lessons.md dosyasında.</translation>
    </message>
    <message>
        <source>{file}, line {line}: {what} has more than {most} entries. Leave some out, or share them among several files.</source>
        <translation>{file}, {line}. satır: {what} içinde {most} taneden çok öğe var. Bazılarını çıkarın ya da birkaç dosyaya bölün.</translation>
    </message>
    <message>
        <source>{file}: loading was stopped. Choose the model again to load it.</source>
        <translation>{file}: Yükleme durduruldu. Yüklemek için modeli yeniden seçin.</translation>
    </message>
    <message>
        <source>its answers in OpenCV differ from those in ONNX</source>
        <translation>OpenCV’deki yanıtları ONNX’tekilerden farklı</translation>
    </message>
    <message>
        <source>it needs more than {gigabytes} GB of memory</source>
        <translation>{gigabytes} GB’tan fazla bellek gerektiriyor</translation>
    </message>
    <message>
        <source>running it once takes longer than {seconds} s</source>
        <translation>bir kez çalıştırılması {seconds} sn’den uzun sürüyor</translation>
    </message>
    <message>
        <source>OpenCV crashes at the operator {operator}</source>
        <translation>OpenCV {operator} işlecinde çöküyor</translation>
    </message>
    <message>
        <source>OpenCV computes the operator {operator} differently from ONNX</source>
        <translation>OpenCV {operator} işlecini ONNX’ten farklı hesaplıyor</translation>
    </message>
    <message>
        <source>OpenCV crashes when it reads or runs it</source>
        <translation>OpenCV onu okurken ya da çalıştırırken çöküyor</translation>
    </message>
    <message>
        <source>OpenCV cannot compute the operator {operator} as it is used there</source>
        <translation>OpenCV {operator} işlecini oradaki kullanımıyla hesaplayamıyor</translation>
    </message>
    <message>
        <source>The perceptron rule trains one layer of step units. Hidden layers here: {hidden}; the output is {activation}. Remove the hidden layers and choose step, or choose another optimiser.</source>
        <translation>Perceptron kuralı tek katman basamak birimi eğitir. Buradaki gizli katman sayısı: {hidden}; çıktı: {activation}. Gizli katmanları kaldırıp basamağı seçin ya da başka bir eniyileyici seçin.</translation>
    </message>
    <message>
        <source>Bicycle</source>
        <translation>Bisiklet</translation>
    </message>
    <message>
        <source>Boot</source>
        <translation>Bot</translation>
    </message>
    <message>
        <source>Laptop</source>
        <translation>Dizüstü bilgisayar</translation>
    </message>
    <message>
        <source>Person</source>
        <translation>Kişi</translation>
    </message>
    <message>
        <source>Chair</source>
        <translation>Sandalye</translation>
    </message>
    <message>
        <source>Cattle</source>
        <translation>Sığır</translation>
    </message>
    <message>
        <source>Desk</source>
        <translation>Çalışma masası</translation>
    </message>
    <message>
        <source>Cat</source>
        <translation>Kedi</translation>
    </message>
    <message>
        <source>Computer mouse</source>
        <translation>Bilgisayar faresi</translation>
    </message>
    <message>
        <source>Computer monitor</source>
        <translation>Bilgisayar ekranı</translation>
    </message>
    <message>
        <source>Box</source>
        <translation>Kutu</translation>
    </message>
    <message>
        <source>Mug</source>
        <translation>Kupa</translation>
    </message>
    <message>
        <source>Coffee cup</source>
        <translation>Kahve fincanı</translation>
    </message>
    <message>
        <source>Stationary bicycle</source>
        <translation>Kondisyon bisikleti</translation>
    </message>
    <message>
        <source>Table</source>
        <translation>Masa</translation>
    </message>
    <message>
        <source>Bottle</source>
        <translation>Şişe</translation>
    </message>
    <message>
        <source>High heels</source>
        <translation>Yüksek topuklu ayakkabı</translation>
    </message>
    <message>
        <source>Vehicle</source>
        <translation>Taşıt</translation>
    </message>
    <message>
        <source>Footwear</source>
        <translation>Ayakkabı</translation>
    </message>
    <message>
        <source>Dog</source>
        <translation>Köpek</translation>
    </message>
    <message>
        <source>Book</source>
        <translation>Kitap</translation>
    </message>
    <message>
        <source>Camera</source>
        <translation>Fotoğraf makinesi</translation>
    </message>
    <message>
        <source>Car</source>
        <translation>Otomobil</translation>
    </message>
    <message>
        <source>The experiment&apos;s arrays hold {count} numbers, and a file keeps up to {most}. Write them to a table (.csv), and train on named_data of its path.</source>
        <translation>Deneyin dizilerinde {count} sayı var, bir dosya ise en çok {most} sayı saklar. Onları bir tabloya (.csv) yazın ve yolunu named_data işlevine verip onunla eğitin.</translation>
    </message>
    <message>
        <source>The {part} are no rows of numbers, all of one length: {fault}. Give each word a column of 0 and 1.</source>
        <translation>{part} eşit uzunlukta sayı satırları değil: {fault}. Her sözcük için 0 ve 1’lerden oluşan bir sütun verin.</translation>
    </message>
    <message>
        <source>{address} is no address of a Dask scheduler. Write one like tcp://host:8786, or leave it empty to compute on this machine.</source>
        <translation>{address} bir Dask zamanlayıcısının adresi değil. tcp://sunucu:8786 gibi bir adres yazın ya da bu bilgisayarda hesaplamak için boş bırakın.</translation>
    </message>
    <message>
        <source>a number has too many digits</source>
        <translation>bir sayının basamak sayısı çok fazla</translation>
    </message>
    <message>
        <source>it is nested too deeply</source>
        <translation>çok derin iç içe geçmiş</translation>
    </message>
    <message>
        <source>{file}: this labels file is named by the model&apos;s description, but is not in its folder. Copy it there and write its name alone.</source>
        <translation>{file}: Modelin tanımında yazan bu etiket dosyası, tanımın klasöründe değil. Dosyayı oraya kopyalayın ve yalnızca adını yazın.</translation>
    </message>
    <message>
        <source>{file}: {name} is not in the challenge&apos;s folder. Copy it there and write its name alone.</source>
        <translation>{file}: {name} alıştırmanın klasöründe değil. Oraya kopyalayın ve yalnızca adını yazın.</translation>
    </message>
    <message>
        <source>{file} is damaged, or no Excel workbook. Open it in Excel or LibreOffice and save it again as .xlsx.</source>
        <translation>{file} bozuk ya da bir Excel çalışma kitabı değil. Excel’de ya da LibreOffice’te açıp .xlsx olarak yeniden kaydedin.</translation>
    </message>
    <message>
        <source>{name} is no JSON number</source>
        <translation>{name} geçerli bir JSON sayısı değil</translation>
    </message>
    <message>
        <source>{number} is too large a number</source>
        <translation>{number} sayısı çok büyük</translation>
    </message>
    <message>
        <source>A prediction is made once. Go on and see what comes out.</source>
        <translation>Tahmin bir kez yapılır. Devam edin ve ne çıkacağını görün.</translation>
    </message>
    <message>
        <source>{found} is not in the network that the lesson opens, and no task asks to add it</source>
        <translation>{found}, dersin açtığı ağda yok ve hiçbir görev eklenmesini istemiyor</translation>
    </message>
    <message>
        <source>{name}: there is no choice {number}, only 1 to {choices}</source>
        <translation>{name}: {number}. seçenek yok; seçenekler 1 ile {choices} arasında</translation>
    </message>
    <message>
        <source>{name}: there is no task {other} before it</source>
        <translation>{name}: Ondan önce {other} adlı bir görev yok</translation>
    </message>
    <message>
        <source>{file}: of the class {name} this and others cannot be read ({unreadable} in all), which leaves too few pictures ({count}); at least {least} are needed. Put readable ones in their place, or remove the class.</source>
        <translation>{file}: {name} sınıfında bu dosya gibi okunamayanlar var (toplam {unreadable}); geriye çok az görüntü kalıyor ({count}), en az {least} görüntü gerekir. Yerlerine okunabilen görüntüler koyun ya da sınıfı kaldırın.</translation>
    </message>
    <message>
        <source>no file can have such a name</source>
        <translation>hiçbir dosyanın böyle bir adı olamaz</translation>
    </message>
    <message>
        <source>{file}: this is a video, and videos open in the window only. Give pictures here.</source>
        <translation>{file}: Bu bir video; videolar yalnızca pencerede açılır. Burada görüntü verin.</translation>
    </message>
    <message>
        <source>what answers there is no web server and no camera</source>
        <translation>yanıt veren ne bir web sunucusu ne de bir kamera</translation>
    </message>
</context>
<context>
    <name>SourceBar</name>
    <message>
        <source>Image</source>
        <translation>Görüntü</translation>
    </message>
    <message>
        <source>Folder</source>
        <translation>Klasör</translation>
    </message>
    <message>
        <source>Video</source>
        <translation>Video</translation>
    </message>
    <message>
        <source>Camera</source>
        <translation>Kamera</translation>
    </message>
    <message>
        <source>Classify pictures one by one</source>
        <translation>Görüntüleri tek tek sınıflandır</translation>
    </message>
    <message>
        <source>Classify every picture of a folder</source>
        <translation>Klasördeki tüm görüntüleri sınıflandır</translation>
    </message>
    <message>
        <source>Classify a video while it plays</source>
        <translation>Videoyu oynatırken sınıflandır</translation>
    </message>
    <message>
        <source>Choose a camera or a network stream</source>
        <translation>Kamera ya da ağ akışı seçin</translation>
    </message>
    <message>
        <source>Open…</source>
        <translation>Aç…</translation>
    </message>
    <message>
        <source>Resume</source>
        <translation>Sürdür</translation>
    </message>
    <message>
        <source>Freeze</source>
        <translation>Dondur</translation>
    </message>
    <message>
        <source>Hold the picture on show, or go on (F)</source>
        <translation>Gösterilen görüntüde dur ya da sürdür (F)</translation>
    </message>
    <message>
        <source>Snapshot</source>
        <translation>Anlık görüntü</translation>
    </message>
    <message>
        <source>Stop recording</source>
        <translation>Kaydı durdur</translation>
    </message>
    <message>
        <source>Record CSV</source>
        <translation>CSV kaydı</translation>
    </message>
    <message>
        <source>Write every result to a table file while it is switched on</source>
        <translation>Açık olduğu sürece her sonucu bir tablo dosyasına yaz</translation>
    </message>
    <message>
        <source>Occlusion map</source>
        <translation>Örtme haritası</translation>
    </message>
    <message>
        <source>Show which part of the picture made the network say so</source>
        <translation>Ağın bu yanıtı görüntünün neresine bakarak verdiğini göster</translation>
    </message>
    <message>
        <source>Open image…</source>
        <translation>Görüntü aç…</translation>
    </message>
    <message>
        <source>Open folder…</source>
        <translation>Klasör aç…</translation>
    </message>
    <message>
        <source>Open video…</source>
        <translation>Video aç…</translation>
    </message>
    <message>
        <source>Open address…</source>
        <translation>Adres aç…</translation>
    </message>
    <message>
        <source>Save this picture ({key})</source>
        <translation>Bu görüntüyü kaydet ({key})</translation>
    </message>
    <message>
        <source>Save as shown here…</source>
        <translation>Göründüğü gibi kaydet…</translation>
    </message>
    <message>
        <source>Save as the tutorial draws it…</source>
        <translation>Eğitim yazısındaki gibi kaydet…</translation>
    </message>
    <message>
        <source>Label</source>
        <translation>Etiket</translation>
    </message>
    <message>
        <source>Show the label on the picture</source>
        <translation>Etiketi görüntünün üzerinde göster</translation>
    </message>
    <message>
        <source>More</source>
        <translation>Diğer</translation>
    </message>
    <message>
        <source>What there is no room for here</source>
        <translation>Burada yer bulamayanlar</translation>
    </message>
    <message>
        <source>Save the picture</source>
        <translation>Görüntüyü kaydet</translation>
    </message>
    <message>
        <source>Record results</source>
        <translation>Sonuçları kaydet</translation>
    </message>
    <message>
        <source>Tables (*.csv)</source>
        <translation>Tablolar (*.csv)</translation>
    </message>
    <message>
        <source>Pictures (*.png *.jpg)</source>
        <translation>Görüntüler (*.png *.jpg)</translation>
    </message>
</context>
<context>
    <name>SourceMenu</name>
    <message>
        <source>Image or video…</source>
        <translation>Görüntü ya da video…</translation>
    </message>
    <message>
        <source>Network address…</source>
        <translation>Ağ adresi…</translation>
    </message>
    <message>
        <source>Mirrored view</source>
        <translation>Ayna görünümü</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>Durdur</translation>
    </message>
    <message>
        <source>Image or video</source>
        <translation>Görüntü ya da video</translation>
    </message>
    <message>
        <source>Images</source>
        <translation>Görüntüler</translation>
    </message>
    <message>
        <source>Videos</source>
        <translation>Videolar</translation>
    </message>
</context>
<context>
    <name>Spoken</name>
    <message>
        <source>equals</source>
        <translation>eşittir</translation>
    </message>
    <message>
        <source>is about</source>
        <translation>yaklaşık eşittir</translation>
    </message>
    <message>
        <source>is not equal to</source>
        <translation>eşit değildir</translation>
    </message>
    <message>
        <source>is identical to</source>
        <translation>özdeştir</translation>
    </message>
    <message>
        <source>is similar to</source>
        <translation>benzerdir</translation>
    </message>
    <message>
        <source>is proportional to</source>
        <translation>orantılıdır</translation>
    </message>
    <message>
        <source>is less than</source>
        <translation>küçüktür</translation>
    </message>
    <message>
        <source>is greater than</source>
        <translation>büyüktür</translation>
    </message>
    <message>
        <source>is at most</source>
        <translation>küçük eşittir</translation>
    </message>
    <message>
        <source>is at least</source>
        <translation>büyük eşittir</translation>
    </message>
    <message>
        <source>is much less than</source>
        <translation>çok küçüktür</translation>
    </message>
    <message>
        <source>is much greater than</source>
        <translation>çok büyüktür</translation>
    </message>
    <message>
        <source>becomes</source>
        <translation>yerine</translation>
    </message>
    <message>
        <source>to</source>
        <translation>ok</translation>
    </message>
    <message>
        <source>so</source>
        <translation>öyleyse</translation>
    </message>
    <message>
        <source>maps to</source>
        <translation>eşlenir</translation>
    </message>
    <message>
        <source>plus</source>
        <translation>artı</translation>
    </message>
    <message>
        <source>minus</source>
        <translation>eksi</translation>
    </message>
    <message>
        <source>plus or minus</source>
        <translation>artı eksi</translation>
    </message>
    <message>
        <source>times</source>
        <translation>çarpı</translation>
    </message>
    <message>
        <source>over</source>
        <translation>bölü</translation>
    </message>
    <message>
        <source>divided by</source>
        <translation>bölü</translation>
    </message>
    <message>
        <source>composed with</source>
        <translation>bileşke</translation>
    </message>
    <message>
        <source>exclusive or</source>
        <translation>ya da</translation>
    </message>
    <message>
        <source>and</source>
        <translation>ve</translation>
    </message>
    <message>
        <source>or</source>
        <translation>veya</translation>
    </message>
    <message>
        <source>not</source>
        <translation>değil</translation>
    </message>
    <message>
        <source>in</source>
        <translation>elemanıdır</translation>
    </message>
    <message>
        <source>not in</source>
        <translation>elemanı değildir</translation>
    </message>
    <message>
        <source>a subset of</source>
        <translation>alt kümesidir</translation>
    </message>
    <message>
        <source>union</source>
        <translation>birleşim</translation>
    </message>
    <message>
        <source>intersection</source>
        <translation>kesişim</translation>
    </message>
    <message>
        <source>for all</source>
        <translation>her</translation>
    </message>
    <message>
        <source>there is</source>
        <translation>en az bir</translation>
    </message>
    <message>
        <source>the sum of</source>
        <translation>toplam</translation>
    </message>
    <message>
        <source>the product of</source>
        <translation>çarpım</translation>
    </message>
    <message>
        <source>the integral of</source>
        <translation>integral</translation>
    </message>
    <message>
        <source>per cent</source>
        <translation>yüzde</translation>
    </message>
    <message>
        <source>open brace</source>
        <translation>küme parantezi aç</translation>
    </message>
    <message>
        <source>close brace</source>
        <translation>küme parantezi kapa</translation>
    </message>
    <message>
        <source>close bracket</source>
        <translation>parantez kapa</translation>
    </message>
    <message>
        <source>alpha</source>
        <translation>alfa</translation>
    </message>
    <message>
        <source>beta</source>
        <translation>beta</translation>
    </message>
    <message>
        <source>gamma</source>
        <translation>gama</translation>
    </message>
    <message>
        <source>delta</source>
        <translation>delta</translation>
    </message>
    <message>
        <source>epsilon</source>
        <translation>epsilon</translation>
    </message>
    <message>
        <source>zeta</source>
        <translation>zeta</translation>
    </message>
    <message>
        <source>eta</source>
        <translation>eta</translation>
    </message>
    <message>
        <source>theta</source>
        <translation>teta</translation>
    </message>
    <message>
        <source>kappa</source>
        <translation>kappa</translation>
    </message>
    <message>
        <source>lambda</source>
        <translation>lambda</translation>
    </message>
    <message>
        <source>mu</source>
        <translation>mü</translation>
    </message>
    <message>
        <source>nu</source>
        <translation>nü</translation>
    </message>
    <message>
        <source>xi</source>
        <translation>ksi</translation>
    </message>
    <message>
        <source>pi</source>
        <translation>pi</translation>
    </message>
    <message>
        <source>rho</source>
        <translation>ro</translation>
    </message>
    <message>
        <source>sigma</source>
        <translation>sigma</translation>
    </message>
    <message>
        <source>tau</source>
        <translation>tau</translation>
    </message>
    <message>
        <source>phi</source>
        <translation>fi</translation>
    </message>
    <message>
        <source>chi</source>
        <translation>ki</translation>
    </message>
    <message>
        <source>psi</source>
        <translation>psi</translation>
    </message>
    <message>
        <source>omega</source>
        <translation>omega</translation>
    </message>
    <message>
        <source>capital gamma</source>
        <translation>büyük gama</translation>
    </message>
    <message>
        <source>capital theta</source>
        <translation>büyük teta</translation>
    </message>
    <message>
        <source>capital lambda</source>
        <translation>büyük lambda</translation>
    </message>
    <message>
        <source>capital pi</source>
        <translation>büyük pi</translation>
    </message>
    <message>
        <source>capital sigma</source>
        <translation>büyük sigma</translation>
    </message>
    <message>
        <source>capital phi</source>
        <translation>büyük fi</translation>
    </message>
    <message>
        <source>capital psi</source>
        <translation>büyük psi</translation>
    </message>
    <message>
        <source>capital omega</source>
        <translation>büyük omega</translation>
    </message>
    <message>
        <source>l</source>
        <translation>l</translation>
    </message>
    <message>
        <source>partial</source>
        <translation>kısmi</translation>
    </message>
    <message>
        <source>nabla</source>
        <translation>nabla</translation>
    </message>
    <message>
        <source>infinity</source>
        <translation>sonsuz</translation>
    </message>
    <message>
        <source>dot dot dot</source>
        <translation>nokta nokta nokta</translation>
    </message>
    <message>
        <source>one half</source>
        <translation>bir bölü iki</translation>
    </message>
    <message>
        <source>{letter} hat</source>
        <translation>{letter} şapka</translation>
    </message>
    <message>
        <source>sine</source>
        <translation>sinüs</translation>
    </message>
    <message>
        <source>cosine</source>
        <translation>kosinüs</translation>
    </message>
    <message>
        <source>tangent</source>
        <translation>tanjant</translation>
    </message>
    <message>
        <source>hyperbolic sine</source>
        <translation>hiperbolik sinüs</translation>
    </message>
    <message>
        <source>hyperbolic cosine</source>
        <translation>hiperbolik kosinüs</translation>
    </message>
    <message>
        <source>hyperbolic tangent</source>
        <translation>hiperbolik tanjant</translation>
    </message>
    <message>
        <source>exponential</source>
        <translation>üstel</translation>
    </message>
    <message>
        <source>logarithm</source>
        <translation>logaritma</translation>
    </message>
    <message>
        <source>natural logarithm</source>
        <translation>doğal logaritma</translation>
    </message>
    <message>
        <source>maximum</source>
        <translation>maksimum</translation>
    </message>
    <message>
        <source>minimum</source>
        <translation>minimum</translation>
    </message>
    <message>
        <source>argument</source>
        <translation>argüman</translation>
    </message>
    <message>
        <source>limit</source>
        <translation>limit</translation>
    </message>
    <message>
        <source>determinant</source>
        <translation>determinant</translation>
    </message>
    <message>
        <source>sign</source>
        <translation>işaret</translation>
    </message>
    <message>
        <source>sigmoid</source>
        <translation>sigmoid</translation>
    </message>
    <message>
        <source>{letter} bar</source>
        <translation>{letter} üst çizgi</translation>
    </message>
    <message>
        <source>{letter} tilde</source>
        <translation>{letter} tilde</translation>
    </message>
    <message>
        <source>{letter} vector</source>
        <translation>{letter} vektörü</translation>
    </message>
    <message>
        <source>{n} times</source>
        <translation>{n} kat</translation>
    </message>
    <message>
        <source>{base} squared</source>
        <translation>{base} kare</translation>
    </message>
    <message>
        <source>{base} cubed</source>
        <translation>{base} küp</translation>
    </message>
    <message>
        <source>{base} to the power {power}</source>
        <translation>{base} üzeri {power}</translation>
    </message>
    <message>
        <source>by</source>
        <translation>bölü</translation>
    </message>
    <message>
        <source>{function} of {argument}</source>
        <translation>{function} {argument}</translation>
    </message>
    <message>
        <source>{sum} from {low} to {high} of</source>
        <translation>{low} ile {high} arasında {sum}</translation>
    </message>
    <message>
        <source>{sum} over {low} of</source>
        <translation>{low} üzerinden {sum}</translation>
    </message>
    <message>
        <source>{function} prime</source>
        <translation>{function} türevi</translation>
    </message>
    <message>
        <source>the absolute value of {value}</source>
        <translation>mutlak değer {value}</translation>
    </message>
    <message>
        <source>the absolute value of {value}, end of absolute value,</source>
        <translation>mutlak değer {value}, mutlak değer sonu,</translation>
    </message>
    <message>
        <source>open bracket {inner} close bracket</source>
        <translation>parantez aç {inner} parantez kapa</translation>
    </message>
    <message>
        <source>{over} by {under}</source>
        <translation>{over} bölü {under}</translation>
    </message>
    <message>
        <source>{over} over {under}</source>
        <translation>{over} bölü {under}</translation>
    </message>
    <message>
        <source>the fraction {over}, over {under}, end of fraction,</source>
        <translation>kesir {over}, bölü {under}, kesir sonu,</translation>
    </message>
    <message>
        <source>the square root of {value}</source>
        <translation>karekök {value}</translation>
    </message>
    <message>
        <source>the square root of {value}, end of root,</source>
        <translation>karekök {value}, kök sonu,</translation>
    </message>
    <message>
        <source>{value} if {condition}</source>
        <translation>{condition} ise {value}</translation>
    </message>
    <message>
        <source>the sum</source>
        <translation>toplam</translation>
    </message>
    <message>
        <source>the product</source>
        <translation>çarpım</translation>
    </message>
    <message>
        <source>the integral</source>
        <translation>integral</translation>
    </message>
</context>
<context>
    <name>Stage</name>
    <message>
        <source>{now} of {end}</source>
        <translation>{now}/{end}</translation>
    </message>
    <message>
        <source>Stage: the picture and what the network says of it</source>
        <translation>Sahne: görüntü ve ağın yanıtı</translation>
    </message>
    <message>
        <source>Drop a picture, a folder or a video anywhere here</source>
        <translation>Buraya bir görüntü, klasör ya da video bırakın</translation>
    </message>
    <message>
        <source>Play or pause the video</source>
        <translation>Videoyu oynat ya da duraklat</translation>
    </message>
    <message>
        <source>Position in the video</source>
        <translation>Videodaki konum</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>Yeniden dene</translation>
    </message>
    <message>
        <source>Or paste one with Ctrl+V. Nothing leaves this computer.</source>
        <translation>Ya da Ctrl+V ile yapıştırın. Hiçbir veri bilgisayarınızdan çıkmaz.</translation>
    </message>
    <message>
        <source>Cameras are listed in the menu above. Nothing leaves this computer.</source>
        <translation>Kameralar yukarıdaki menüdedir. Hiçbir veri bilgisayarınızdan çıkmaz.</translation>
    </message>
    <message>
        <source>Nothing leaves this computer.</source>
        <translation>Hiçbir veri bilgisayarınızdan çıkmaz.</translation>
    </message>
    <message>
        <source>the network sees this square</source>
        <translation>ağ bu kareyi görüyor</translation>
    </message>
    <message>
        <source>bright: all {points} points lost, until the scale is fitted at the end</source>
        <translation>parlak: {points} puanın tümü gider; ölçek harita bitince ayarlanır</translation>
    </message>
    <message>
        <source>grey patch {patch} px, step {step} px, {passes} passes, {time} s</source>
        <translation>gri kare {patch} px; adım {step} px; {passes} geçiş; {time} sn</translation>
    </message>
    <message>
        <source>Hiding any one part changes little</source>
        <translation>Hangi parça gizlenirse gizlensin pek bir şey değişmiyor</translation>
    </message>
    <message>
        <source>the network sees this part</source>
        <translation>ağ bu kısmı görüyor</translation>
    </message>
    <message>
        <source>{name} cannot be opened.</source>
        <translation>{name} açılamıyor.</translation>
    </message>
    <message>
        <source>Waiting for {name}.</source>
        <translation>{name} bekleniyor.</translation>
    </message>
    <message>
        <source>not sure</source>
        <translation>emin değil</translation>
    </message>
    <message>
        <source>Hiding one part after the other: {done} of {total}</source>
        <translation>Parçalar tek tek gizleniyor: {done}/{total}</translation>
    </message>
    <message>
        <source>the network sees the whole picture, squashed</source>
        <translation>ağ tüm görüntüyü sıkıştırılmış olarak görüyor</translation>
    </message>
    <message>
        <source>Hiding the bright part costs up to {points} points</source>
        <translation>Parlak kısmı gizlemek, olasılığı en çok {points} puan düşürüyor</translation>
    </message>
    <message>
        <source>{name} holds no picture that can be shown.</source>
        <translation>{name} gösterilebilecek bir görüntü içermiyor.</translation>
    </message>
    <message>
        <source>Glassnet keeps trying.</source>
        <translation>Glassnet denemeyi sürdürüyor.</translation>
    </message>
</context>
<context>
    <name>Status</name>
    <message>
        <source>{data}, seed {n}</source>
        <translation>{data}, tohum {n}</translation>
    </message>
    <message>
        <source>epoch</source>
        <translation>epok</translation>
    </message>
    <message>
        <source>epochs/s</source>
        <translation>epok/sn</translation>
    </message>
    <message>
        <source>loss</source>
        <translation>kayıp</translation>
    </message>
    <message>
        <source>All {rows} rows correct since epoch {epoch}.</source>
        <translation>{rows} satırın hepsi {epoch}. epoktan beri doğru.</translation>
    </message>
    <message>
        <source>All {rows} rows correct.</source>
        <translation>{rows} satırın hepsi doğru.</translation>
    </message>
    <message>
        <source>{right} of {rows} rows correct.</source>
        <translation>{rows} satırın {right:doğru|hiçbiri doğru değil}.</translation>
    </message>
    <message>
        <source>R² {value} on the training rows.</source>
        <translation>Eğitim satırlarında R² {value}.</translation>
    </message>
    <message>
        <source>{right} of {rows} training rows are right.</source>
        <translation>{rows} eğitim satırının {right:doğru|hiçbiri doğru değil}.</translation>
    </message>
    <message>
        <source>R² {value} on the test rows.</source>
        <translation>Test satırlarında R² {value}.</translation>
    </message>
    <message>
        <source>The only row is undecided.</source>
        <translation>Tek satır kararsız.</translation>
    </message>
    <message>
        <source>The only row is right.</source>
        <translation>Tek satır doğru.</translation>
    </message>
    <message>
        <source>The only row is wrong.</source>
        <translation>Tek satır yanlış.</translation>
    </message>
    <message>
        <source>The only test row is right.</source>
        <translation>Tek test satırı doğru.</translation>
    </message>
    <message>
        <source>The only test row is wrong.</source>
        <translation>Tek test satırı yanlış.</translation>
    </message>
    <message>
        <source>{right} of {rows} test rows are right.</source>
        <translation>{rows} test satırının {right:doğru|hiçbiri doğru değil}.</translation>
    </message>
    <message>
        <source>Stopped at {n} epochs.</source>
        <translation>{n}. epokta durdu.</translation>
    </message>
    <message>
        <source>Stopped: the loss is as low as asked for.</source>
        <translation>Durdu: Kayıp istenen düzeye indi.</translation>
    </message>
    <message>
        <source>Stopped: every row is right by the margin asked for.</source>
        <translation>Durdu: Tüm satırlar istenen güven payıyla doğru.</translation>
    </message>
    <message>
        <source>Stopped: the test loss has not improved for long.</source>
        <translation>Durdu: Test kaybı uzun süredir iyileşmedi.</translation>
    </message>
    <message>
        <source>Stopped: the time asked for is over.</source>
        <translation>Durdu: İstenen süre doldu.</translation>
    </message>
    <message>
        <source>{n} parameters</source>
        <translation>{n} parametre</translation>
    </message>
    <message>
        <source>Training</source>
        <translation>Eğitiliyor</translation>
    </message>
    <message>
        <source>Preparing</source>
        <translation>Hazırlanıyor</translation>
    </message>
    <message>
        <source>Stepped</source>
        <translation>Adım atıldı</translation>
    </message>
    <message>
        <source>Paused</source>
        <translation>Duraklatıldı</translation>
    </message>
    <message>
        <source>Ready</source>
        <translation>Hazır</translation>
    </message>
    <message>
        <source>XOR is loaded. Glassnet works offline.</source>
        <translation>XOR yüklendi. Glassnet çevrimdışı çalışır.</translation>
    </message>
    <message>
        <source>{right} of {rows} rows right, {undecided} undecided.</source>
        <translation>{rows} satırın {right:doğru|hiçbiri doğru değil}, {undecided} kararsız.</translation>
    </message>
    <message>
        <source>{right} of {rows} training rows right, {undecided} undecided.</source>
        <translation>{rows} eğitim satırının {right:doğru|hiçbiri doğru değil}, {undecided} kararsız.</translation>
    </message>
    <message>
        <source>{right} of {rows} test rows right, {undecided} undecided.</source>
        <translation>{rows} test satırının {right:doğru|hiçbiri doğru değil}, {undecided} kararsız.</translation>
    </message>
    <message>
        <source>Stepped: rows {names} were used.</source>
        <translation>Adım atıldı, kullanılan satırlar: {names}.</translation>
    </message>
    <message>
        <source>Stepped: row {n} was used.</source>
        <translation>Adım atıldı: {n}. satır kullanıldı.</translation>
    </message>
    <message>
        <source>{n} of {steps}</source>
        <translation>{n}/{steps}</translation>
    </message>
    <message>
        <source>Stepped: {n} rows were used.</source>
        <translation>Adım atıldı: {n} satır kullanıldı.</translation>
    </message>
    <message>
        <source>step</source>
        <translation>adım</translation>
    </message>
    <message>
        <source>R² is not defined: the training targets are all equal.</source>
        <translation>R² tanımsız: Eğitim hedeflerinin hepsi eşit.</translation>
    </message>
    <message>
        <source>The only test row is undecided.</source>
        <translation>Tek test satırı kararsız.</translation>
    </message>
    <message>
        <source>Stopped at 1 epoch.</source>
        <translation>1. epokta durdu.</translation>
    </message>
    <message>
        <source>The loss was no number any more. Training went back to epoch {n}, the last with a finite loss. Start anew at a lower learning rate.</source>
        <translation>Kayıp sayı olmaktan çıktı. Eğitim, kaybı sonlu olan son epoka, {n}. epoka döndü. Daha düşük bir öğrenme oranıyla baştan başlayın.</translation>
    </message>
</context>
<context>
    <name>StepBar</name>
    <message>
        <source>Step {n} of {steps}</source>
        <translation>Adım {n} / {steps}</translation>
    </message>
</context>
<context>
    <name>StepList</name>
    <message>
        <source>Step {n}: {name}</source>
        <translation>{n}. adım: {name}</translation>
    </message>
</context>
<context>
    <name>SumCard</name>
    <message>
        <source>Weighted sum</source>
        <translation>Ağırlıklı toplam</translation>
    </message>
</context>
<context>
    <name>SweepView</name>
    <message>
        <source>rate {rate}, {width} units</source>
        <translation>oran {rate}, {width} birim</translation>
    </message>
    <message>
        <source>rate {rate}, 1 unit</source>
        <translation>oran {rate}, 1 birim</translation>
    </message>
    <message>
        <source>rate {rate}</source>
        <translation>oran {rate}</translation>
    </message>
    <message>
        <source>{where}: not drawn</source>
        <translation>{where}: çekilmedi</translation>
    </message>
    <message>
        <source>{where}: {solved} of {seeds} solve it, 95% interval {low} to {high}.</source>
        <translation>{where}: {seeds} tohumdan {solved} tanesi çözüyor; %95 güven aralığı {low}–{high}.</translation>
    </message>
    <message>
        <source>all epochs: {n}</source>
        <translation>tüm epoklar: {n}</translation>
    </message>
    <message>
        <source>loss low enough: {n}</source>
        <translation>yeterince düşük kayıp: {n}</translation>
    </message>
    <message>
        <source>margin reached: {n}</source>
        <translation>güven payına ulaşma: {n}</translation>
    </message>
    <message>
        <source>diverged: {n}</source>
        <translation>ıraksama: {n}</translation>
    </message>
    <message>
        <source>How they ended: {ends}.</source>
        <translation>Bitiş nedenleri: {ends}.</translation>
    </message>
    <message>
        <source>Learning rate across, units of layer {layer} down. Seeds each: {n}.</source>
        <translation>Sütunlar öğrenme oranı, satırlar {layer}. katmanın birim sayısı. Her biri için {n} tohum.</translation>
    </message>
    <message>
        <source>By learning rate. Seeds each: {n}.</source>
        <translation>Öğrenme oranına göre. Her biri için {n} tohum.</translation>
    </message>
    <message>
        <source>Stop ({n}%)</source>
        <translation>Durdur (%{n})</translation>
    </message>
    <message>
        <source>“{text}” is not what a sweep takes: up to {n} numbers with spaces between, rates above 0, widths of 1 to {units} and 1 to {seeds} seeds.</source>
        <translation>“{text}” bir tarama için uygun değil: aralarında boşlukla en çok {n} sayı; oranlar 0’dan büyük, birim sayıları 1–{units}, tohum sayısı 1–{seeds} olmalı.</translation>
    </message>
    <message>
        <source>How many starts solve it with other learning rates and widths?</source>
        <translation>Başka öğrenme oranları ve birim sayılarıyla kaç başlangıç çözüyor?</translation>
    </message>
    <message>
        <source>How many starts solve it with other learning rates?</source>
        <translation>Başka öğrenme oranlarıyla kaç başlangıç çözüyor?</translation>
    </message>
    <message>
        <source>Learning rates</source>
        <translation>Öğrenme oranları</translation>
    </message>
    <message>
        <source>Units of layer {n}</source>
        <translation>{n}. katmanın birimleri</translation>
    </message>
    <message>
        <source>Hidden units</source>
        <translation>Gizli birimler</translation>
    </message>
    <message>
        <source>Up to {n} numbers, with spaces between</source>
        <translation>Aralarında boşlukla en çok {n} sayı</translation>
    </message>
    <message>
        <source>{between}. Choose a unit on the drawing to sweep another layer.</source>
        <translation>{between}. Başka bir katmanı taramak için çizimde bir birim seçin.</translation>
    </message>
    <message>
        <source>How many seeds each</source>
        <translation>Her biri için tohum sayısı</translation>
    </message>
    <message>
        <source>How many random starts of each: 1 to {most}</source>
        <translation>Her biri için rastgele başlangıç sayısı: 1–{most}</translation>
    </message>
    <message>
        <source>Draw {n} seeds each</source>
        <translation>Her biri için {n} tohum çek</translation>
    </message>
    <message>
        <source>Draw 1 seed each</source>
        <translation>Her biri için 1 tohum çek</translation>
    </message>
    <message>
        <source>Draw again</source>
        <translation>Yeniden çek</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>Durdur</translation>
    </message>
    <message>
        <source>Draw a seed lottery of every rate and width</source>
        <translation>Her oran ve birim sayısı için bir tohum piyangosu çek</translation>
    </message>
    <message>
        <source>Change</source>
        <translation>Değiştir</translation>
    </message>
    <message>
        <source>Change the rates and widths</source>
        <translation>Oranları ve birim sayılarını değiştir</translation>
    </message>
    <message>
        <source>Share solved by learning rate and width</source>
        <translation>Öğrenme oranına ve birim sayısına göre çözen tohumların payı</translation>
    </message>
    <message>
        <source>Double-click a cell, or press Enter on it, to take its rate and width</source>
        <translation>Oranını ve birim sayısını almak için bir hücreye çift tıklayın ya da Enter’a basın</translation>
    </message>
</context>
<context>
    <name>TaskRow</name>
    <message>
        <source>Done: {task}</source>
        <translation>Yapıldı: {task}</translation>
    </message>
    <message>
        <source>To do: {task}</source>
        <translation>Yapılacak: {task}</translation>
    </message>
    <message>
        <source>Hint</source>
        <translation>İpucu</translation>
    </message>
    <message>
        <source>Hide hint</source>
        <translation>İpucunu gizle</translation>
    </message>
    <message>
        <source>Show me</source>
        <translation>Göster</translation>
    </message>
    <message>
        <source>Ring the control to use</source>
        <translation>Kullanılacak denetimi çerçevele</translation>
    </message>
    <message>
        <source>Say how it is done</source>
        <translation>Nasıl yapılacağını söyle</translation>
    </message>
</context>
<context>
    <name>TeachAdvice</name>
    <message>
        <source>The head finds nothing that tells them apart. Add images that differ, or join the classes.</source>
        <translation>Sınıflandırıcı bunları ayırt edecek bir şey bulamıyor. Farklı görüntüler ekleyin ya da sınıfları birleştirin.</translation>
    </message>
    <message>
        <source>The classes look alike.</source>
        <translation>Sınıflar birbirine benziyor.</translation>
    </message>
    <message>
        <source>1 image is both in “{first}” and in “{second}”: the head cannot be right about it twice. Leave it in one of them.</source>
        <translation>1 görüntü hem “{first}” hem “{second}” sınıfında var; sınıflandırıcı ikisinde birden doğru bilemez. Görüntüyü yalnızca birinde bırakın.</translation>
    </message>
    <message>
        <source>{n} images are both in “{first}” and in “{second}”: the head cannot be right about them twice. Leave each in one of them.</source>
        <translation>{n} görüntü hem “{first}” hem “{second}” sınıfında var; sınıflandırıcı bunları ikisinde birden doğru bilemez. Her birini yalnızca bir sınıfta bırakın.</translation>
    </message>
    <message>
        <source>Two classes share images.</source>
        <translation>İki sınıfta aynı görüntü var.</translation>
    </message>
    <message>
        <source>More of {first}, against other backgrounds, will help most.</source>
        <translation>En çok işe yarayacak olan, {first} için farklı arka planlar önünde çekilmiş yeni görüntüler eklemektir.</translation>
    </message>
    <message>
        <source>More of {first} and {second}, against other backgrounds, will help most.</source>
        <translation>En çok işe yarayacak olan, {first} ve {second} için farklı arka planlar önünde çekilmiş yeni görüntüler eklemektir.</translation>
    </message>
    <message>
        <source>Few images per class.</source>
        <translation>Sınıf başına görüntü sayısı az.</translation>
    </message>
    <message>
        <source>“{most}” has {times} times as many images as “{least}” ({many} and {few}): the head leans to it. Add to “{least}”.</source>
        <translation>“{most}” sınıfındaki görüntü sayısı, “{least}” sınıfındakinin {times} katı ({many} ve {few}): Sınıflandırıcı “{most}” demeye yatkın olur. “{least}” sınıfına görüntü ekleyin.</translation>
    </message>
    <message>
        <source>Uneven classes.</source>
        <translation>Dengesiz sınıflar.</translation>
    </message>
    <message>
        <source>Since epoch {epoch} it learns its images by heart. Train for {epoch} epochs, or set drop-out or L2 higher under More.</source>
        <translation>Sınıflandırıcı {epoch}. epoktan beri görüntüleri ezberliyor. {epoch} epok eğitin ya da “Diğer” altında seyreltmeyi veya L2’yi artırın.</translation>
    </message>
    <message>
        <source>The validation loss rises.</source>
        <translation>Doğrulama kaybı artıyor.</translation>
    </message>
    <message>
        <source>The validation loss is still falling.</source>
        <translation>Doğrulama kaybı hâlâ düşüyor.</translation>
    </message>
    <message>
        <source>A few more epochs may help.</source>
        <translation>Birkaç epok daha işe yarayabilir.</translation>
    </message>
    <message>
        <source>Too many held-out images are nearly the same as training images, as parts of one photograph or images of one scene are. Add images of other things and places.</source>
        <translation>Ayrılan görüntülerin önemli bir bölümü, tek bir fotoğrafın parçaları ya da tek bir sahnenin kareleri gibi, eğitim görüntüleriyle neredeyse aynı. Başka nesnelerin ve yerlerin görüntülerini ekleyin.</translation>
    </message>
    <message>
        <source>The accuracy says little about new images.</source>
        <translation>Doğruluk, yeni görüntüler hakkında pek bir şey söylemiyor.</translation>
    </message>
</context>
<context>
    <name>TeachBar</name>
    <message>
        <source>Train head</source>
        <translation>Sınıflandırıcıyı eğit</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>Duraklat</translation>
    </message>
    <message>
        <source>{action} ({key})</source>
        <translation>{action} ({key})</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Vazgeç</translation>
    </message>
    <message>
        <source>Give up; the head from before stays</source>
        <translation>Vazgeçer; önceki sınıflandırıcı kalır</translation>
    </message>
    <message>
        <source>Epochs</source>
        <translation>Epok</translation>
    </message>
    <message>
        <source>How often every image is learned from before training stops</source>
        <translation>Eğitim durmadan önce her görüntünün kaç kez kullanılacağı</translation>
    </message>
    <message>
        <source>Learning rate</source>
        <translation>Öğrenme oranı</translation>
    </message>
    <message>
        <source>How far each step goes</source>
        <translation>Her adımın ne kadar ileri gittiği</translation>
    </message>
    <message>
        <source>Hidden units</source>
        <translation>Gizli birim</translation>
    </message>
    <message>
        <source>None, or one or two layers, as in 64 or 128, 32</source>
        <translation>Yok ya da bir veya iki katman: örneğin “64” ya da “128; 32”</translation>
    </message>
    <message>
        <source>Hold out</source>
        <translation>Ayrılan</translation>
    </message>
    <message>
        <source>Share of the images that is kept back to test the head with</source>
        <translation>Doğrulama için ayrılan görüntülerin payı</translation>
    </message>
    <message>
        <source>none</source>
        <translation>yok</translation>
    </message>
    <message>
        <source>More settings</source>
        <translation>Diğer ayarlar</translation>
    </message>
    <message>
        <source>Drop-out, L2, changed copies, seed and the threshold of “not sure”</source>
        <translation>Seyreltme, L2, değiştirilmiş kopyalar, tohum ve “emin değil” eşiği</translation>
    </message>
</context>
<context>
    <name>TeachModel</name>
    <message>
        <source>Nothing</source>
        <translation>Hiçbiri</translation>
    </message>
    <message>
        <source>Class {n}</source>
        <translation>Sınıf {n}</translation>
    </message>
    <message>
        <source>Add class</source>
        <translation>Sınıf ekle</translation>
    </message>
    <message>
        <source>Rename class</source>
        <translation>Sınıfı yeniden adlandır</translation>
    </message>
    <message>
        <source>Colour of a class</source>
        <translation>Sınıfın rengi</translation>
    </message>
    <message>
        <source>Move class</source>
        <translation>Sınıfı taşı</translation>
    </message>
    <message>
        <source>Let {name} take part again</source>
        <translation>{name} sınıfını eğitime yeniden kat</translation>
    </message>
    <message>
        <source>Leave {name} out of training</source>
        <translation>{name} sınıfını eğitimin dışında bırak</translation>
    </message>
    <message>
        <source>Remove class {name}</source>
        <translation>{name} sınıfını kaldır</translation>
    </message>
    <message>
        <source>Join classes</source>
        <translation>Sınıfları birleştir</translation>
    </message>
    <message>
        <source>Seed</source>
        <translation>Tohum</translation>
    </message>
    <message>
        <source>Hold out</source>
        <translation>Ayrılan pay</translation>
    </message>
    <message>
        <source>Remove image</source>
        <translation>Görüntüyü kaldır</translation>
    </message>
    <message>
        <source>Remove {n} images</source>
        <translation>{n} görüntüyü kaldır</translation>
    </message>
    <message>
        <source>Move image</source>
        <translation>Görüntüyü taşı</translation>
    </message>
    <message>
        <source>Move {n} images</source>
        <translation>{n} görüntüyü taşı</translation>
    </message>
    <message>
        <source>Pasted image</source>
        <translation>Yapıştırılan görüntü</translation>
    </message>
    <message>
        <source>There is no image on the clipboard. Copy one, then paste it.</source>
        <translation>Panoda görüntü yok. Bir görüntü kopyalayın, sonra yapıştırın.</translation>
    </message>
    <message>
        <source>Add image to {name}</source>
        <translation>{name} sınıfına görüntü ekle</translation>
    </message>
    <message>
        <source>Add {n} images to {name}</source>
        <translation>{name} sınıfına {n} görüntü ekle</translation>
    </message>
    <message>
        <source>{n} of the new images are in another class too. An image in two classes tells them apart no more.</source>
        <translation>Yeni görüntülerin {n} başka bir sınıfta da var. İki sınıfta birden bulunan bir görüntü, onları ayırt etmeye yaramaz.</translation>
    </message>
    <message>
        <source>The head still names classes that take no part any more: {names}. Train again.</source>
        <translation>Sınıflandırıcı, artık eğitime katılmayan sınıfları hâlâ yanıt olarak veriyor: {names}. Yeniden eğitin.</translation>
    </message>
    <message>
        <source>1 of the new images is in another class too. An image in two classes tells them apart no more.</source>
        <translation>Yeni görüntülerden 1’i başka bir sınıfta da var. İki sınıfta birden bulunan bir görüntü, onları ayırt etmeye yaramaz.</translation>
    </message>
    <message>
        <source>{n} of the images were in the class already; each counts once.</source>
        <translation>Görüntülerin {n} sınıfta zaten vardı; her biri bir kez sayılır.</translation>
    </message>
    <message>
        <source>1 of the images was in the class already; it counts once.</source>
        <translation>Görüntülerden 1’i sınıfta zaten vardı; bir kez sayılır.</translation>
    </message>
    <message>
        <source>{n} files are no images that can be read: {names}. The rest was added.</source>
        <translation>{n} dosya okunabilir bir görüntü değil: {names}. Geri kalanı eklendi.</translation>
    </message>
    <message>
        <source>Import {name}</source>
        <translation>{name} klasörünü içe aktar</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>Ayarlar</translation>
    </message>
    <message>
        <source>The head had learned images that are held out now, so it began anew.</source>
        <translation>Sınıflandırıcı, şimdi doğrulamaya ayrılan görüntülerden de öğrenmişti; bu yüzden eğitimi baştan başladı.</translation>
    </message>
    <message>
        <source>The head is ready, but the features cannot be kept for the next time: {reason}</source>
        <translation>Sınıflandırıcı hazır, ama öznitelikler bir dahaki sefer için saklanamıyor: {reason}</translation>
    </message>
    <message>
        <source>{n} images cannot be read any more: they were moved, changed or damaged. The head learned from the others.</source>
        <translation>{n} görüntü artık okunamıyor: Taşınmış, değişmiş ya da bozulmuş. Sınıflandırıcı diğerleriyle eğitildi.</translation>
    </message>
    <message>
        <source>The features are gone from the disk; images stay.</source>
        <translation>Öznitelikler diskten silindi; görüntüler duruyor.</translation>
    </message>
    <message>
        <source>Recording {n}</source>
        <translation>Kayıt {n}</translation>
    </message>
    <message>
        <source>No image was recorded. Hold the button down while it is to record.</source>
        <translation>Görüntü kaydedilmedi. Kayıt sürdükçe düğmeyi basılı tutun.</translation>
    </message>
    <message>
        <source>No image was recorded: nothing came from the camera yet. Hold the button until its picture is there.</source>
        <translation>Görüntü kaydedilmedi: Kameradan henüz bir şey gelmedi. Görüntüsü gelene kadar düğmeyi basılı tutun.</translation>
    </message>
    <message>
        <source>{reason} The {n} images recorded before stay.</source>
        <translation>{reason} Önceden kaydedilen {n} görüntü duruyor.</translation>
    </message>
    <message>
        <source>{reason} The image recorded before stays.</source>
        <translation>{reason} Önceden kaydedilen görüntü duruyor.</translation>
    </message>
    <message>
        <source>The project&apos;s head was taught on another network than the one in this Glassnet, so it is left out. Train again; the classes are all there.</source>
        <translation>Projenin sınıflandırıcısı bu Glassnet’tekinden başka bir ağ üzerinde eğitilmiş, bu yüzden alınmadı. Yeniden eğitin; sınıfların hepsi yerinde.</translation>
    </message>
    <message>
        <source>The image {name} is not where it was, or is another now. Put the file back, or remove it from its class; all else is there.</source>
        <translation>{name} görüntüsü yerinde değil ya da artık başka bir görüntü. Dosyayı yerine koyun ya da sınıfından kaldırın; geri kalan her şey yerinde.</translation>
    </message>
    <message>
        <source>{n} images are not where they were, or are others now: {names}. Put the files back, or remove them from their classes; all else is there.</source>
        <translation>{n} görüntü yerinde değil ya da değişmiş: {names}. Dosyaları yerine koyun ya da sınıflarından kaldırın; geri kalan her şey duruyor.</translation>
    </message>
    <message>
        <source>{names} and {n} more</source>
        <translation>{names} ve {n} tane daha</translation>
    </message>
    <message>
        <source>The head does not know these classes yet: {names}. Train again.</source>
        <translation>Sınıflandırıcı şu sınıfları henüz bilmiyor: {names}. Yeniden eğitin.</translation>
    </message>
    <message>
        <source>{name} holds the images, in a folder for each class.</source>
        <translation>Görüntüler {name} klasöründe; her sınıfın bir klasörü var.</translation>
    </message>
    <message>
        <source>Left out, as the files are gone or changed: {names}.</source>
        <translation>Dosyası silinmiş ya da değişmiş olduğu için dışarıda bırakılan: {names}.</translation>
    </message>
    <message>
        <source>{name} is written.</source>
        <translation>{name} yazıldı.</translation>
    </message>
    <message>
        <source>image</source>
        <translation>görüntü</translation>
    </message>
    <message>
        <source>class</source>
        <translation>sınıf</translation>
    </message>
    <message>
        <source>answer</source>
        <translation>yanıt</translation>
    </message>
    <message>
        <source>right</source>
        <translation>doğru</translation>
    </message>
    <message>
        <source>sure</source>
        <translation>emin</translation>
    </message>
</context>
<context>
    <name>TeachStatus</name>
    <message>
        <source>Untitled classes</source>
        <translation>Adsız sınıflar</translation>
    </message>
    <message>
        <source>epoch</source>
        <translation>epok</translation>
    </message>
    <message>
        <source>epochs/s</source>
        <translation>epok/sn</translation>
    </message>
    <message>
        <source>loss</source>
        <translation>kayıp</translation>
    </message>
    <message>
        <source>Recording</source>
        <translation>Kayıt</translation>
    </message>
    <message>
        <source>Reading images</source>
        <translation>Görüntüler okunuyor</translation>
    </message>
    <message>
        <source>Reading features</source>
        <translation>Öznitelikler okunuyor</translation>
    </message>
    <message>
        <source>Training the head</source>
        <translation>Sınıflandırıcı eğitiliyor</translation>
    </message>
    <message>
        <source>{what}: {done} of {total}</source>
        <translation>{what}: {done} / {total}</translation>
    </message>
    <message>
        <source>Not trained yet</source>
        <translation>Henüz eğitilmedi</translation>
    </message>
    <message>
        <source>Paused</source>
        <translation>Duraklatıldı</translation>
    </message>
    <message>
        <source>Changed since training</source>
        <translation>Eğitimden sonra değişti</translation>
    </message>
    <message>
        <source>Head trained</source>
        <translation>Sınıflandırıcı eğitildi</translation>
    </message>
    <message>
        <source>Add at least 2 classes.</source>
        <translation>En az 2 sınıf ekleyin.</translation>
    </message>
    <message>
        <source>Let at least 2 classes take part.</source>
        <translation>En az 2 sınıfı eğitime katın.</translation>
    </message>
    <message>
        <source>{name} needs at least {n} images.</source>
        <translation>{name} sınıfına en az {n} görüntü gerekir.</translation>
    </message>
    <message>
        <source>{name} was recorded in one go, so none of it is held out. Record it once more.</source>
        <translation>{name} sınıfının görüntüleri tek seferde kaydedildi, bu yüzden hiçbiri doğrulamaya ayrılmadı. Bir kez daha kaydedin.</translation>
    </message>
    <message>
        <source>Press Train: the head learns these classes.</source>
        <translation>“Sınıflandırıcıyı eğit” düğmesine basın: Sınıflandırıcı bu sınıfları öğrenir.</translation>
    </message>
    <message>
        <source>The loss was no number any more. Take a lower rate.</source>
        <translation>Kayıp hesaplanamaz oldu (sonsuz ya da tanımsız). Daha düşük bir öğrenme oranı seçin.</translation>
    </message>
    <message>
        <source>Train again: the head goes on from where it stands.</source>
        <translation>Yeniden eğitin: Sınıflandırıcının eğitimi kaldığı yerden sürer.</translation>
    </message>
    <message>
        <source>Nothing is held out, so nobody knows how good it is.</source>
        <translation>Doğrulama için görüntü ayrılmadı, bu yüzden sınıflandırıcının ne kadar iyi olduğu bilinmiyor.</translation>
    </message>
</context>
<context>
    <name>TeachTab</name>
    <message>
        <source>The one held-out image is right.</source>
        <translation>Ayrılan tek görüntü doğru bilindi.</translation>
    </message>
    <message>
        <source>The one held-out image is wrong.</source>
        <translation>Ayrılan tek görüntü yanlış bilindi.</translation>
    </message>
    <message>
        <source>All {total} held-out images are right.</source>
        <translation>Ayrılan {total} görüntünün hepsi doğru bilindi.</translation>
    </message>
    <message>
        <source>1 of {total} held-out images is right.</source>
        <translation>Ayrılan {total} görüntünün 1’i doğru bilindi.</translation>
    </message>
    <message>
        <source>{right} of {total} held-out images are right.</source>
        <translation>Ayrılan {total} görüntünün {right:doğru bilindi|hiçbiri doğru bilinmedi}.</translation>
    </message>
    <message>
        <source>1 image</source>
        <translation>1 görüntü</translation>
    </message>
    <message>
        <source>{n} images</source>
        <translation>{n} görüntü</translation>
    </message>
    <message>
        <source>Export</source>
        <translation>Dışa aktar</translation>
    </message>
    <message>
        <source>Save the images in</source>
        <translation>Görüntülerin kaydedileceği klasör</translation>
    </message>
    <message>
        <source>The script needs the model {name} beside it, and there is such a file.</source>
        <translation>Betik, {name} modelini kendi yanında arar; orada bu adda bir dosya zaten var.</translation>
    </message>
    <message>
        <source>Replace {name}?</source>
        <translation>{name} değiştirilsin mi?</translation>
    </message>
    <message>
        <source>Replace</source>
        <translation>Değiştir</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>İptal</translation>
    </message>
    <message>
        <source>Classes</source>
        <translation>Sınıflar</translation>
    </message>
    <message>
        <source>Training</source>
        <translation>Eğitim</translation>
    </message>
    <message>
        <source>What is trained</source>
        <translation>Eğitilen kısım</translation>
    </message>
    <message>
        <source>Result</source>
        <translation>Sonuç</translation>
    </message>
    <message>
        <source>Preview</source>
        <translation>Önizleme</translation>
    </message>
    <message>
        <source>Confusion matrix</source>
        <translation>Karışıklık matrisi</translation>
    </message>
</context>
<context>
    <name>ThumbnailStrip</name>
    <message>
        <source>Move to</source>
        <translation>Şuraya taşı</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>Kaldır</translation>
    </message>
</context>
<context>
    <name>TopKPanel</name>
    <message>
        <source>The other {count} classes share {share}.</source>
        <translation>Diğer {count} sınıfın toplamı {share}.</translation>
    </message>
    <message>
        <source>Top {count}</source>
        <translation>İlk {count}</translation>
    </message>
    <message>
        <source>show {count}</source>
        <translation>{count} etiket</translation>
    </message>
    <message>
        <source>How many labels to show</source>
        <translation>Kaç etiket gösterileceği</translation>
    </message>
    <message>
        <source>Threshold</source>
        <translation>Eşik</translation>
    </message>
    <message>
        <source>Below this probability the network counts as not sure</source>
        <translation>Olasılık bundan düşükse ağ emin sayılmaz</translation>
    </message>
    <message>
        <source>Best labels</source>
        <translation>En iyi etiketler</translation>
    </message>
</context>
<context>
    <name>TrainingBar</name>
    <message>
        <source>Learning rate</source>
        <translation>Öğrenme oranı</translation>
    </message>
    <message>
        <source>Batch size</source>
        <translation>Yığın büyüklüğü</translation>
    </message>
    <message>
        <source>Optimiser</source>
        <translation>Eniyileyici</translation>
    </message>
    <message>
        <source>Loss</source>
        <translation>Kayıp</translation>
    </message>
    <message>
        <source>Initialiser</source>
        <translation>Başlatıcı</translation>
    </message>
    <message>
        <source>Regularisation</source>
        <translation>Düzenlileştirme</translation>
    </message>
    <message>
        <source>Reset</source>
        <translation>Sıfırla</translation>
    </message>
    <message>
        <source>Step</source>
        <translation>Adım</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>Duraklat</translation>
    </message>
    <message>
        <source>Train</source>
        <translation>Eğit</translation>
    </message>
    <message>
        <source>More {n}</source>
        <translation>Diğer {n}</translation>
    </message>
    <message>
        <source>More</source>
        <translation>Diğer</translation>
    </message>
    <message>
        <source>More settings</source>
        <translation>Diğer ayarlar</translation>
    </message>
    <message>
        <source>Schedule, optimiser constants, drop-out, clipping and stop rules</source>
        <translation>Oran planı, eniyileyici sabitleri, seyreltme, kırpma ve durma kuralları</translation>
    </message>
    <message>
        <source>Export</source>
        <translation>Dışa aktar</translation>
    </message>
    <message>
        <source>Take the network elsewhere</source>
        <translation>Ağı başka bir yere aktar</translation>
    </message>
    <message>
        <source>Speed</source>
        <translation>Hız</translation>
    </message>
    <message>
        <source>How many epochs a second</source>
        <translation>Saniyede kaç epok</translation>
    </message>
    <message>
        <source>How far each step goes</source>
        <translation>Her adımın ne kadar uzun olduğu</translation>
    </message>
    <message>
        <source>How a gradient changes the weights</source>
        <translation>Gradyanın ağırlıkları nasıl değiştirdiği</translation>
    </message>
    <message>
        <source>What training makes small</source>
        <translation>Eğitimin küçültmeye çalıştığı değer</translation>
    </message>
    <message>
        <source>Batch</source>
        <translation>Yığın</translation>
    </message>
    <message>
        <source>Rows a step; Full takes all of them</source>
        <translation>Adım başına satır sayısı; “Tam” hepsini alır</translation>
    </message>
    <message>
        <source>How the first weights are drawn</source>
        <translation>İlk ağırlıkların nasıl çekildiği</translation>
    </message>
    <message>
        <source>What this loss is</source>
        <translation>Bu kayıp nedir</translation>
    </message>
    <message>
        <source>Recipe</source>
        <translation>Yöntem</translation>
    </message>
    <message>
        <source>Back to epoch 0 with the same first weights ({key})</source>
        <translation>Aynı ilk ağırlıklarla 0. epoka dön ({key})</translation>
    </message>
    <message>
        <source>Train one batch ({key}); with Shift, one epoch</source>
        <translation>Bir yığınla eğit ({key}); Shift ile bir epok</translation>
    </message>
    <message>
        <source>{action} ({key})</source>
        <translation>{action} ({key})</translation>
    </message>
    <message>
        <source>The perceptron rule has no loss but its own: mistakes per row.</source>
        <translation>Perceptron kuralının yalnızca kendi kaybı vardır: satır başına yanlış sayısı.</translation>
    </message>
    <message>
        <source>What the article does with these data</source>
        <translation>Makalenin bu verilerle yaptığı</translation>
    </message>
    <message>
        <source>Seed</source>
        <translation>Tohum</translation>
    </message>
    <message>
        <source>All randomness comes from this number</source>
        <translation>Tüm rastgelelik bu sayıdan gelir</translation>
    </message>
    <message>
        <source>New start</source>
        <translation>Yeni başlangıç</translation>
    </message>
    <message>
        <source>Draw new first weights from a new seed</source>
        <translation>Yeni bir tohumla yeni ilk ağırlıklar çek</translation>
    </message>
    <message>
        <source>Article</source>
        <translation>Makale</translation>
    </message>
    <message>
        <source>The article’s recipe as published, mistakes included</source>
        <translation>Makaledeki yöntem, yayımlandığı gibi, hatalarıyla</translation>
    </message>
    <message>
        <source>Corrected</source>
        <translation>Düzeltilmiş</translation>
    </message>
    <message>
        <source>The same recipe with its mistakes mended</source>
        <translation>Aynı yöntem, hataları düzeltilmiş</translation>
    </message>
    <message>
        <source>Max</source>
        <translation>Maks.</translation>
    </message>
    <message>
        <source>As fast as it goes</source>
        <translation>Olabildiğince hızlı</translation>
    </message>
    <message>
        <source>{n} epochs a second</source>
        <translation>saniyede {n} epok</translation>
    </message>
    <message>
        <source>Speed {speed}</source>
        <translation>Hız {speed}</translation>
    </message>
    <message>
        <source>Full</source>
        <translation>Tam</translation>
    </message>
    <message>
        <source>The loss is a mean over {rows} rows. A rate given for their sum is {rows} times as large here: {example} becomes {result}.</source>
        <translation>Kayıp {rows} satırın ortalamasıdır. Toplamları için verilen bir oran buraya {rows} katı olarak girilir: {example} yerine {result}.</translation>
    </message>
    <message>
        <source>Penalty on large weights; its strength is under More</source>
        <translation>Büyük ağırlıklara verilen ceza; şiddeti “Diğer” altında</translation>
    </message>
</context>
<context>
    <name>TruthTable</name>
    <message>
        <source>Add row</source>
        <translation>Satır ekle</translation>
    </message>
    <message>
        <source>Target of row {row}</source>
        <translation>{row}. satırın hedefi</translation>
    </message>
    <message>
        <source>Remove row {row}</source>
        <translation>{row}. satırı kaldır</translation>
    </message>
    <message>
        <source>Input of row {row}</source>
        <translation>{row}. satırın girdisi</translation>
    </message>
    <message>
        <source>“{text}” is no number; the input stays as it was.</source>
        <translation>“{text}” bir sayı değil; girdi olduğu gibi kaldı.</translation>
    </message>
    <message>
        <source>Truth table</source>
        <translation>Doğruluk tablosu</translation>
    </message>
    <message>
        <source>Target</source>
        <translation>Hedef</translation>
    </message>
    <message>
        <source>Prediction</source>
        <translation>Tahmin</translation>
    </message>
    <message>
        <source>Right or wrong</source>
        <translation>Doğru mu, yanlış mı</translation>
    </message>
    <message>
        <source>free</source>
        <translation>serbest</translation>
    </message>
    <message>
        <source>right</source>
        <translation>doğru</translation>
    </message>
    <message>
        <source>wrong</source>
        <translation>yanlış</translation>
    </message>
    <message>
        <source>Change the table&apos;s inputs, outputs and rows</source>
        <translation>Tablonun girdi, çıktı ve satırlarını değiştir</translation>
    </message>
    <message>
        <source>Enter flips the target, x frees it, F2 types an input, Delete removes the row</source>
        <translation>Enter hedefi değiştirir, x serbest bırakır; F2 ile girdi yazılır, Delete satırı kaldırır</translation>
    </message>
    <message>
        <source>Add input</source>
        <translation>Girdi ekle</translation>
    </message>
    <message>
        <source>Remove last input</source>
        <translation>Son girdiyi kaldır</translation>
    </message>
    <message>
        <source>Add output</source>
        <translation>Çıktı ekle</translation>
    </message>
    <message>
        <source>Remove last output</source>
        <translation>Son çıktıyı kaldır</translation>
    </message>
    <message>
        <source>Remove chosen row</source>
        <translation>Seçili satırı kaldır</translation>
    </message>
    <message>
        <source>undecided</source>
        <translation>kararsız</translation>
    </message>
    <message>
        <source>Click a target; double-click an input.</source>
        <translation>Tıklama hedefi, çift tıklama girdiyi değiştirir.</translation>
    </message>
    <message>
        <source>used by the last step</source>
        <translation>son adımda kullanıldı</translation>
    </message>
</context>
<context>
    <name>UnitCard</name>
    <message>
        <source>Choose a row to see the sum.</source>
        <translation>Toplamı görmek için bir satır seçin.</translation>
    </message>
    <message>
        <source>Inputs stand here as the network reads them, scaled.</source>
        <translation>Girdiler burada, ağın okuduğu gibi ölçeklenmiş olarak yazılıdır.</translation>
    </message>
    <message>
        <source>{low} to {high} in the data</source>
        <translation>verilerde {low} ile {high} arası</translation>
    </message>
    <message>
        <source>{value} in the chosen row; {range}</source>
        <translation>seçili satırda {value}; {range}</translation>
    </message>
    <message>
        <source>{n} more</source>
        <translation>{n} tane daha</translation>
    </message>
    <message>
        <source>bias</source>
        <translation>sapma (bias)</translation>
    </message>
    <message>
        <source>{name} · input</source>
        <translation>{name} · girdi</translation>
    </message>
</context>
<context>
    <name>UpdateCard</name>
    <message>
        <source>Update</source>
        <translation>Güncelleme</translation>
    </message>
    <message>
        <source>old</source>
        <translation>eski</translation>
    </message>
    <message>
        <source>gradient</source>
        <translation>gradyan</translation>
    </message>
    <message>
        <source>change</source>
        <translation>değişim</translation>
    </message>
    <message>
        <source>new</source>
        <translation>yeni</translation>
    </message>
    <message>
        <source>{name}, pinned</source>
        <translation>{name}, sabit</translation>
    </message>
    <message>
        <source>Gradient check passed</source>
        <translation>Gradyan denetimi tamam</translation>
    </message>
    <message>
        <source>Gradient check</source>
        <translation>Gradyan denetimi</translation>
    </message>
    <message>
        <source>This row alone</source>
        <translation>Yalnızca bu satır</translation>
    </message>
    <message>
        <source>The batch</source>
        <translation>Yığın</translation>
    </message>
    <message>
        <source>What a step on this row alone would do</source>
        <translation>Yalnızca bu satırla bir adım atılsa ne olacağı</translation>
    </message>
    <message>
        <source>What the trainer&apos;s step on its batch does</source>
        <translation>Eğitimin kendi yığınıyla attığı adımda ne olduğu</translation>
    </message>
    <message>
        <source>Old weight, gradient and new weight</source>
        <translation>Eski ağırlık, gradyan ve yeni ağırlık</translation>
    </message>
    <message>
        <source>Choose a weight to see where its gradient comes from</source>
        <translation>Gradyanının nereden geldiğini görmek için bir ağırlık seçin</translation>
    </message>
</context>
<context>
    <name>VerdictCard</name>
    <message>
        <source>Both classes with their hulls</source>
        <translation>İki sınıf ve dışbükey örtüleri</translation>
    </message>
    <message>
        <source>Add inputs</source>
        <translation>Girdi ekle</translation>
    </message>
    <message>
        <source>separable</source>
        <translation>ayrılabilir</translation>
    </message>
    <message>
        <source>hulls overlap</source>
        <translation>kesişiyor</translation>
    </message>
    <message>
        <source>Add {inputs}</source>
        <translation>{inputs} ekle</translation>
    </message>
    <message>
        <source>With {inputs} among its inputs one unit can do it: its border bends.</source>
        <translation>Girdileri arasında {inputs} olan tek birim bunu çözebilir: Sınırı kıvrılır.</translation>
    </message>
    <message>
        <source>Hide the proof</source>
        <translation>Kanıtı gizle</translation>
    </message>
    <message>
        <source>Why?</source>
        <translation>Neden?</translation>
    </message>
    <message>
        <source>Hide</source>
        <translation>Gizle</translation>
    </message>
    <message>
        <source>The inequalities that contradict each other</source>
        <translation>Birbiriyle çelişen eşitsizlikler</translation>
    </message>
    <message>
        <source>The rows with 1 add up to {sum} &gt; 0, the rows with 0 to {sum} &lt; 0: impossible.</source>
        <translation>Hedefi 1 olan satırlar toplanınca {sum} &gt; 0, hedefi 0 olanlar toplanınca {sum} &lt; 0 çıkar; bu olanaksızdır.</translation>
    </message>
    <message>
        <source>Mixed in these shares, the rows with 1 and the rows with 0 make the very same point, which would have to lie on both sides.</source>
        <translation>Bu paylarla karıştırıldığında hedefi 1 olan satırlarla hedefi 0 olanlar tam aynı noktayı verir; o nokta iki yanda birden olmak zorunda kalırdı.</translation>
    </message>
    <message>
        <source>Each output can be separated by a plane of its own.</source>
        <translation>Her çıktı kendi düzlemiyle ayrılabiliyor.</translation>
    </message>
    <message>
        <source>One straight line has every 1 on one side and every 0 on the other.</source>
        <translation>Bir doğru tüm 1’leri bir yanda, tüm 0’ları öbür yanda bırakıyor.</translation>
    </message>
    <message>
        <source>Every target is {t}: the bias alone answers that, whatever the row.</source>
        <translation>Tüm hedefler {t}: Satır ne olursa olsun bu yanıtı sapma (bias) tek başına verir.</translation>
    </message>
    <message>
        <source>One threshold has every 1 on one side and every 0 on the other.</source>
        <translation>Bir eşik tüm 1’leri bir yanda, tüm 0’ları öbür yanda bırakıyor.</translation>
    </message>
    <message>
        <source>One plane has every 1 on one side and every 0 on the other.</source>
        <translation>Bir düzlem tüm 1’leri bir yanda, tüm 0’ları öbür yanda bırakıyor.</translation>
    </message>
    <message>
        <source>The hulls of {name} and of the rest overlap.</source>
        <translation>{name} ile geri kalanların dışbükey örtüleri kesişiyor.</translation>
    </message>
    <message>
        <source>The hulls overlap: a segment between two 0s crosses one between two 1s.</source>
        <translation>1’lerin bölgesi 0’larınkiyle kesişiyor: İki 0’ın doğru parçası iki 1’inkini keser.</translation>
    </message>
    <message>
        <source>The hulls of the two classes overlap, so no line can separate them.</source>
        <translation>İki sınıfın dışbükey örtüleri kesişiyor; hiçbir doğru onları ayıramaz.</translation>
    </message>
    <message>
        <source>The ranges of the two classes overlap, so no threshold separates them.</source>
        <translation>İki sınıfın aralıkları kesişiyor; hiçbir eşik onları ayıramaz.</translation>
    </message>
    <message>
        <source>The hulls of the two classes overlap, so no plane can separate them.</source>
        <translation>İki sınıfın dışbükey örtüleri kesişiyor; hiçbir düzlem onları ayıramaz.</translation>
    </message>
    <message>
        <source>Each output can be separated by a straight line of its own.</source>
        <translation>Her çıktı kendi doğrusuyla ayrılabiliyor.</translation>
    </message>
    <message>
        <source>Each output can be separated by a threshold of its own.</source>
        <translation>Her çıktı kendi eşiğiyle ayrılabiliyor.</translation>
    </message>
    <message>
        <source>With {inputs} one unit an output can do it.</source>
        <translation>{inputs} ile her çıktı için tek birim bunu çözebilir.</translation>
    </message>
    <message>
        <source>One unit with {inputs} can: its border is no straight line, and has every 1 on one side and every 0 on the other.</source>
        <translation>{inputs} ile tek birim bunu çözebilir: Sınırı bir doğru değildir; tüm 1’leri bir yanda, tüm 0’ları öbür yanda bırakır.</translation>
    </message>
    <message>
        <source>For example w = ({weights}), b = {b}.</source>
        <translation>Örneğin w = ({weights}), b = {b}.</translation>
    </message>
    <message>
        <source>Best single line: {right} of {rows} rows.</source>
        <translation>Tek doğruyla en iyi: {right}/{rows} satır.</translation>
    </message>
    <message>
        <source>It needs a bias, and this layer has none.</source>
        <translation>Bunun için sapma (bias) gerekir, bu katmanda ise yok.</translation>
    </message>
    <message>
        <source>with a bias</source>
        <translation>sapmayla</translation>
    </message>
    <message>
        <source>contradiction</source>
        <translation>çelişki</translation>
    </message>
    <message>
        <source>No network can, with hidden layers or without: rows {first} and {second} contradict each other.</source>
        <translation>Gizli katmanlı ya da katmansız hiçbir ağ yapamaz: {first}. ve {second}. satırlar birbiriyle çelişiyor.</translation>
    </message>
    <message>
        <source>No network that reads only {inputs} can: rows {first} and {second} contradict each other there.</source>
        <translation>Yalnızca {inputs} okuyan hiçbir ağ yapamaz: Bunlara göre {first}. ve {second}. satırlar birbiriyle çelişiyor.</translation>
    </message>
</context>
<context>
    <name>VisionModel</name>
    <message>
        <source>The last settings that worked are in use again.</source>
        <translation>Son çalışan ayarlara geri dönüldü.</translation>
    </message>
    <message>
        <source>Not opened: {names}. Give pictures, or one folder, or one video.</source>
        <translation>Açılmayanlar: {names}. Görüntüler ya da tek bir klasör veya tek bir video açın.</translation>
    </message>
    <message>
        <source>{name}: this picture came from no file, and newer ones have taken its place in memory. Paste it again, or open it from a file.</source>
        <translation>{name}: Bu görüntü bir dosyadan gelmedi, bellekteki yerini de daha yeni görüntüler aldı. Yeniden yapıştırın ya da bir dosyadan açın.</translation>
    </message>
    <message>
        <source>{name} is no picture, folder, video or model that Glassnet knows by its name.</source>
        <translation>Glassnet, {name} adına bakarak bunun bir görüntü, klasör, video ya da model olduğunu anlayamadı.</translation>
    </message>
</context>
<context>
    <name>VisionStatus</name>
    <message>
        <source>Frozen</source>
        <translation>Donduruldu</translation>
    </message>
    <message>
        <source>Waiting</source>
        <translation>Bekliyor</translation>
    </message>
    <message>
        <source>Live</source>
        <translation>Canlı</translation>
    </message>
    <message>
        <source>Working</source>
        <translation>Çalışıyor</translation>
    </message>
    <message>
        <source>Ready</source>
        <translation>Hazır</translation>
    </message>
    <message>
        <source>forward</source>
        <translation>ileri geçiş</translation>
    </message>
    <message>
        <source>frame</source>
        <translation>kare</translation>
    </message>
    <message>
        <source>fps</source>
        <translation>kare/sn</translation>
    </message>
    <message>
        <source>image</source>
        <translation>görüntü</translation>
    </message>
    <message>
        <source>Saved 1 crop in {name}.</source>
        <translation>{name} klasörüne 1 kırpılmış görüntü kaydedildi.</translation>
    </message>
    <message>
        <source>Saved {count} crops in {name}.</source>
        <translation>{name} klasörüne {count} kırpılmış görüntü kaydedildi.</translation>
    </message>
    <message>
        <source>Saved {name} with 1 row.</source>
        <translation>{name} kaydedildi: 1 satır.</translation>
    </message>
    <message>
        <source>{name}: {share} of the picture is cut out.</source>
        <translation>{name}: Kesilen kısmın görüntüdeki payı {share}.</translation>
    </message>
    <message>
        <source>{name} classified as {label}.</source>
        <translation>{name} sınıflandırıldı: {label}.</translation>
    </message>
    <message>
        <source>{name}: not sure, perhaps {label}.</source>
        <translation>{name}: Emin değil; belki {label}.</translation>
    </message>
    <message>
        <source>{name}: nothing found.</source>
        <translation>{name}: Bir şey bulunamadı.</translation>
    </message>
    <message>
        <source>{name}: 1 object, {labels}.</source>
        <translation>{name}: 1 nesne ({labels}).</translation>
    </message>
    <message>
        <source>{name}: {count} objects, {labels}.</source>
        <translation>{name}: {count} nesne ({labels}).</translation>
    </message>
    <message>
        <source>{name}: stopped after 1 picture.</source>
        <translation>{name}: 1 görüntüden sonra durduruldu.</translation>
    </message>
    <message>
        <source>{name}: stopped after {count} pictures.</source>
        <translation>{name}: {count} görüntüden sonra durduruldu.</translation>
    </message>
    <message>
        <source>{name}: 1 picture classified.</source>
        <translation>{name}: 1 görüntü sınıflandırıldı.</translation>
    </message>
    <message>
        <source>Open image…</source>
        <translation>Görüntü aç…</translation>
    </message>
    <message>
        <source>Open folder…</source>
        <translation>Klasör aç…</translation>
    </message>
    <message>
        <source>Open video…</source>
        <translation>Video aç…</translation>
    </message>
    <message>
        <source>Open address…</source>
        <translation>Adres aç…</translation>
    </message>
    <message>
        <source>{name}: 1 picture classified, {failed} not readable.</source>
        <translation>{name}: 1 görüntü sınıflandırıldı, {failed} görüntü okunamadı.</translation>
    </message>
    <message>
        <source>{name}: {count} pictures classified, {failed} not readable.</source>
        <translation>{name}: {count} görüntü sınıflandırıldı, {failed} görüntü okunamadı.</translation>
    </message>
    <message>
        <source>{name}: {count} pictures classified.</source>
        <translation>{name}: {count} görüntü sınıflandırıldı.</translation>
    </message>
    <message>
        <source>{name}: {count} pictures looked at, {failed} not readable.</source>
        <translation>{name}: {count} görüntüye bakıldı, {failed} görüntü okunamadı.</translation>
    </message>
    <message>
        <source>{name}: {count} pictures looked at.</source>
        <translation>{name}: {count} görüntüye bakıldı.</translation>
    </message>
    <message>
        <source>{name}: 1 picture looked at.</source>
        <translation>{name}: 1 görüntüye bakıldı.</translation>
    </message>
    <message>
        <source>{name}: 1 picture looked at, {failed} not readable.</source>
        <translation>{name}: 1 görüntüye bakıldı, {failed} görüntü okunamadı.</translation>
    </message>
    <message>
        <source>Drop a picture, a folder or a video here</source>
        <translation>Buraya bir görüntü, klasör ya da video bırakın</translation>
    </message>
    <message>
        <source>Drop a folder of pictures here</source>
        <translation>Buraya bir görüntü klasörü bırakın</translation>
    </message>
    <message>
        <source>Drop a video here</source>
        <translation>Buraya bir video bırakın</translation>
    </message>
    <message>
        <source>Choose a camera</source>
        <translation>Kamera seçin</translation>
    </message>
    <message>
        <source>Saved {name} with {rows} rows.</source>
        <translation>{name} kaydedildi: {rows} satır.</translation>
    </message>
    <message>
        <source>Ended</source>
        <translation>Sona erdi</translation>
    </message>
    <message>
        <source>Occlusion map ready. {passes} passes in {seconds} s.</source>
        <translation>Örtme haritası hazır. {seconds} sn içinde {passes} geçiş.</translation>
    </message>
    <message>
        <source>Recording to {name}.</source>
        <translation>{name} dosyasına kaydediliyor.</translation>
    </message>
    <message>
        <source>Saved {name}.</source>
        <translation>{name} kaydedildi.</translation>
    </message>
    <message>
        <source>{name}, frozen</source>
        <translation>{name}, dondurulmuş</translation>
    </message>
    <message>
        <source>nobody found</source>
        <translation>kimse bulunamadı</translation>
    </message>
    <message>
        <source>nothing found</source>
        <translation>bir şey bulunamadı</translation>
    </message>
</context>
<context>
    <name>VisionTab</name>
    <message>
        <source>Open a camera or a video first.</source>
        <translation>Önce bir kamera ya da video açın.</translation>
    </message>
    <message>
        <source>Open a picture first.</source>
        <translation>Önce bir görüntü açın.</translation>
    </message>
    <message>
        <source>Open a picture first that the network can name.</source>
        <translation>Önce ağın adlandırabileceği bir görüntü açın.</translation>
    </message>
    <message>
        <source>Source</source>
        <translation>Kaynak</translation>
    </message>
    <message>
        <source>Picture</source>
        <translation>Görüntü</translation>
    </message>
    <message>
        <source>Inside the network</source>
        <translation>Ağın içi</translation>
    </message>
    <message>
        <source>Playback</source>
        <translation>Oynatma</translation>
    </message>
    <message>
        <source>History</source>
        <translation>Geçmiş</translation>
    </message>
    <message>
        <source>Folder</source>
        <translation>Klasör</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>Model</translation>
    </message>
    <message>
        <source>Labels</source>
        <translation>Etiketler</translation>
    </message>
    <message>
        <source>Objects</source>
        <translation>Nesneler</translation>
    </message>
    <message>
        <source>Cut out</source>
        <translation>Kesip al</translation>
    </message>
    <message>
        <source>One cell, recomputed</source>
        <translation>Bir hücrenin yeniden hesaplanması</translation>
    </message>
    <message>
        <source>Blob X-ray</source>
        <translation>Blob röntgeni</translation>
    </message>
    <message>
        <source>Latency X-ray</source>
        <translation>Gecikme röntgeni</translation>
    </message>
    <message>
        <source>Pasted picture</source>
        <translation>Yapıştırılan görüntü</translation>
    </message>
    <message>
        <source>There is no picture and no file on the clipboard. Copy one, then paste it.</source>
        <translation>Panoda görüntü ya da dosya yok. Birini kopyalayın, sonra yapıştırın.</translation>
    </message>
    <message>
        <source>Dropped picture</source>
        <translation>Bırakılan görüntü</translation>
    </message>
</context>
<context>
    <name>WaysOut</name>
    <message>
        <source>Export</source>
        <translation>Dışa aktar</translation>
    </message>
    <message>
        <source>One ONNX file with backbone and head, a script, a table, the images; or open in Build</source>
        <translation>Gövde ve sınıflandırıcıyla tek bir ONNX dosyası, bir betik, bir tablo, görüntüler; ya da Kur’da aç</translation>
    </message>
    <message>
        <source>Use in Vision</source>
        <translation>Görüntü’de kullan</translation>
    </message>
    <message>
        <source>Name what is on pictures, folders, videos and cameras with these classes</source>
        <translation>Görüntülerde, klasörlerde, videolarda ve kamerada ne olduğunu bu sınıflarla söyler</translation>
    </message>
</context>
<context>
    <name>WeightEditor</name>
    <message>
        <source>{n} weights</source>
        <translation>{n} ağırlık</translation>
    </message>
    <message>
        <source>Weight {name}</source>
        <translation>Ağırlık {name}</translation>
    </message>
    <message>
        <source>“{text}” is no weight; it stays as it was. A weight is a number from {low} to {high}, or a fraction such as 3/4.</source>
        <translation>“{text}” bir ağırlık olamaz; ağırlık olduğu gibi kaldı. Ağırlık, {low} ile {high} arasında bir sayı ya da 3/4 gibi bir kesirdir.</translation>
    </message>
    <message>
        <source>Type a number or a fraction (3/4), or use the wheel or the arrow keys (Shift for a hundredth). Enter keeps, Esc restores.</source>
        <translation>Bir sayı ya da kesir (3/4) yazın; ya da tekerleği veya ok tuşlarını kullanın (Shift ile yüzde bir). Enter saklar, Esc geri alır.</translation>
    </message>
    <message>
        <source>Weight</source>
        <translation>Ağırlık</translation>
    </message>
    <message>
        <source>See how it changes</source>
        <translation>Nasıl değiştiğini gör</translation>
    </message>
    <message>
        <source>See how a training step changes it ({key})</source>
        <translation>Bir eğitim adımının onu nasıl değiştirdiğini gör ({key})</translation>
    </message>
</context>
<context>
    <name>WeightsCard</name>
    <message>
        <source>Weights</source>
        <translation>Ağırlıklar</translation>
    </message>
</context>
<context>
    <name>WeightsView</name>
    <message>
        <source>{layer}: between {low} and {high}, most from {start} to {end}.</source>
        <translation>{layer}: {low} ile {high} arasında, çoğu {start} ile {end} arasında.</translation>
    </message>
    <message>
        <source>Output · {n}</source>
        <translation>Çıktı · {n}</translation>
    </message>
    <message>
        <source>Hidden · {n}</source>
        <translation>Gizli · {n}</translation>
    </message>
    <message>
        <source>Hidden {layer} · {n}</source>
        <translation>Gizli {layer} · {n}</translation>
    </message>
</context>
<context>
    <name>Workbench</name>
    <message>
        <source>Training</source>
        <translation>Eğitim</translation>
    </message>
    <message>
        <source>Recipe of an article</source>
        <translation>Makalenin yöntemi</translation>
    </message>
    <message>
        <source>Data, folded</source>
        <translation>Veri, kapalı</translation>
    </message>
    <message>
        <source>Data</source>
        <translation>Veri</translation>
    </message>
    <message>
        <source>Network</source>
        <translation>Ağ</translation>
    </message>
    <message>
        <source>Further views</source>
        <translation>Diğer görünümler</translation>
    </message>
    <message>
        <source>Output</source>
        <translation>Çıktı</translation>
    </message>
    <message>
        <source>Loss</source>
        <translation>Kayıp</translation>
    </message>
    <message>
        <source>Microscope</source>
        <translation>Mikroskop</translation>
    </message>
</context>
<context>
    <name>Worksheet</name>
    <message>
        <source>Name</source>
        <translation>Ad soyad</translation>
    </message>
    <message>
        <source>Date</source>
        <translation>Tarih</translation>
    </message>
    <message>
        <source>Network</source>
        <translation>Ağ</translation>
    </message>
    <message>
        <source>Rows</source>
        <translation>Satırlar</translation>
    </message>
    <message>
        <source>{n} of {total} rows</source>
        <translation>{total} satırın {n}</translation>
    </message>
    <message>
        <source>Loss</source>
        <translation>Kayıp</translation>
    </message>
    <message>
        <source>What I see:</source>
        <translation>Gördüklerim:</translation>
    </message>
    <message>
        <source>Data: {data}. Network: {shape}. Epoch {epoch}, seed {seed}.</source>
        <translation>Veri: {data}. Ağ: {shape}. Epok {epoch}, tohum {seed}.</translation>
    </message>
    <message>
        <source>{name}: target</source>
        <translation>{name}: hedef</translation>
    </message>
    <message>
        <source>answer</source>
        <translation>yanıt</translation>
    </message>
    <message>
        <source>{name} on row {row}</source>
        <translation>{row}. satırda {name}</translation>
    </message>
    <message>
        <source>{name} on test row {row}</source>
        <translation>{row}. test satırında {name}</translation>
    </message>
    <message>
        <source>Weights</source>
        <translation>Ağırlıklar</translation>
    </message>
    <message>
        <source>bias</source>
        <translation>sapma (bias)</translation>
    </message>
    <message>
        <source>from \ to</source>
        <translation>çıkış \ varış</translation>
    </message>
    <message>
        <source>Draw how the loss falls, by epoch.</source>
        <translation>Kaybın epoklara göre nasıl düştüğünü çizin.</translation>
    </message>
    <message>
        <source>Training loss {loss} at epoch {epoch}.</source>
        <translation>{epoch}. epokta eğitim kaybı {loss}.</translation>
    </message>
</context>
<context>
    <name>XrayPanel</name>
    <message>
        <source>Blob X-ray</source>
        <translation>Blob röntgeni</translation>
    </message>
    <message>
        <source>Reset to model</source>
        <translation>Modelin ayarlarına dön</translation>
    </message>
    <message>
        <source>Use the model&apos;s own settings again</source>
        <translation>Modelin kendi ayarlarına dön</translation>
    </message>
    <message>
        <source>Keep with the model</source>
        <translation>Modelle sakla</translation>
    </message>
    <message>
        <source>Write these settings beside the model, for the command line too</source>
        <translation>Bu ayarları modelin yanına yaz; komut satırı da kullanır</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>Boyut</translation>
    </message>
    <message>
        <source>Mean</source>
        <translation>Ortalama</translation>
    </message>
    <message>
        <source>Scale</source>
        <translation>Ölçek</translation>
    </message>
    <message>
        <source>Std</source>
        <translation>Std</translation>
    </message>
    <message>
        <source>Width × height of the tensor in pixels</source>
        <translation>Tensörün piksel cinsinden genişliği × yüksekliği</translation>
    </message>
    <message>
        <source>Taken off each channel, 0 to 255, in the network&apos;s order</source>
        <translation>Her kanaldan çıkarılır, 0 ile 255 arası, ağın kanal sırasıyla</translation>
    </message>
    <message>
        <source>Multiplies each value after the mean is taken off; 1 / 128 works too</source>
        <translation>Ortalama çıkarıldıktan sonra her değeri çarpar; 1 / 128 de olur</translation>
    </message>
    <message>
        <source>Divides each channel last</source>
        <translation>Son olarak her kanalı böler</translation>
    </message>
    <message>
        <source>Swap red and blue: pictures are BGR, most networks want RGB</source>
        <translation>Kırmızı ile mavinin yerini değiştir: Görüntüler BGR, çoğu ağ RGB ister</translation>
    </message>
    <message>
        <source>Crop</source>
        <translation>Kırp</translation>
    </message>
    <message>
        <source>Cut out the middle square; off squashes the whole picture</source>
        <translation>Ortadaki kareyi keser; kapalıyken tüm görüntüyü sıkıştırır</translation>
    </message>
    <message>
        <source>shape</source>
        <translation>biçim</translation>
    </message>
    <message>
        <source>min / max</source>
        <translation>min / maks</translation>
    </message>
    <message>
        <source>mean</source>
        <translation>ortalama</translation>
    </message>
    <message>
        <source>Right against wrong</source>
        <translation>Doğru ve yanlış</translation>
    </message>
    <message>
        <source>Classify the picture with the usual mistakes in these settings</source>
        <translation>Görüntüyü bu ayarlarda sık yapılan hatalarla sınıflandır</translation>
    </message>
    <message>
        <source>These are not the settings the model was trained with.</source>
        <translation>Bunlar modelin eğitildiği ayarlar değil.</translation>
    </message>
    <message>
        <source>What the network sees</source>
        <translation>Ağın gördüğü</translation>
    </message>
    <message>
        <source>The tensor as a picture, and its channels</source>
        <translation>Görüntü olarak tensör ve kanalları</translation>
    </message>
    <message>
        <source>cropped</source>
        <translation>kırpılmış</translation>
    </message>
    <message>
        <source>not scaled</source>
        <translation>ölçeklenmemiş</translation>
    </message>
    <message>
        <source>squashed</source>
        <translation>sıkıştırılmış</translation>
    </message>
    <message>
        <source>as the model wants it</source>
        <translation>modelin istediği gibi</translation>
    </message>
    <message>
        <source>mean left in</source>
        <translation>ortalama çıkarılmamış</translation>
    </message>
    <message>
        <source>red and blue swapped</source>
        <translation>kırmızıyla mavi yer değiştirmiş</translation>
    </message>
</context>
<context>
    <name>ZoomBox</name>
    <message>
        <source>Zoom out</source>
        <translation>Uzaklaştır</translation>
    </message>
    <message>
        <source>Zoom out (Ctrl+−, Ctrl+wheel)</source>
        <translation>Uzaklaştır (Ctrl+−, Ctrl+tekerlek)</translation>
    </message>
    <message>
        <source>Zoom to 100 %</source>
        <translation>%100 boyut</translation>
    </message>
    <message>
        <source>Zoom in</source>
        <translation>Yakınlaştır</translation>
    </message>
    <message>
        <source>Zoom in (Ctrl++, Ctrl+wheel)</source>
        <translation>Yakınlaştır (Ctrl++, Ctrl+tekerlek)</translation>
    </message>
    <message>
        <source>Fit the network</source>
        <translation>Ağı sığdır</translation>
    </message>
    <message>
        <source>Fit the network (Ctrl+0)</source>
        <translation>Ağı sığdır (Ctrl+0)</translation>
    </message>
</context>
<context>
    <name>_Card</name>
    <message>
        <source>{received} of {total}</source>
        <translation>{received}/{total}</translation>
    </message>
    <message>
        <source>{speed} MB a second</source>
        <translation>saniyede {speed} MB</translation>
    </message>
    <message>
        <source>Go on downloading</source>
        <translation>İndirmeyi sürdür</translation>
    </message>
    <message>
        <source>Download</source>
        <translation>İndir</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>İptal</translation>
    </message>
    <message>
        <source>Use</source>
        <translation>Kullan</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>Kaldır</translation>
    </message>
    <message>
        <source>Download {name}</source>
        <translation>{name} modelini indir</translation>
    </message>
    <message>
        <source>Stop downloading {name}; what has come is kept</source>
        <translation>{name} modelinin indirilmesini durdur; gelen kısım saklanır</translation>
    </message>
    <message>
        <source>Use {name}</source>
        <translation>{name} modelini kullan</translation>
    </message>
    <message>
        <source>Remove {name} from this computer</source>
        <translation>{name} modelini bu bilgisayardan kaldır</translation>
    </message>
    <message>
        <source>Progress of {name}</source>
        <translation>{name} modelinin indirilme durumu</translation>
    </message>
    <message>
        <source>right label first {first}, among five {fifth}</source>
        <translation>doğru etiket ilk sırada: {first}; ilk beşte: {fifth}</translation>
    </message>
    <message>
        <source>{collection}, version {version}</source>
        <translation>{collection}, sürüm {version}</translation>
    </message>
    <message>
        <source>Stopped. What has come is kept.</source>
        <translation>Durduruldu. Gelen kısım saklandı.</translation>
    </message>
    <message>
        <source>Downloaded and checked.</source>
        <translation>İndirildi ve denetlendi.</translation>
    </message>
    <message>
        <source>Connecting.</source>
        <translation>Bağlanıyor.</translation>
    </message>
</context>
<context>
    <name>_CheckRow</name>
    <message>
        <source>asked {wanted}</source>
        <translation>istenen: {wanted}</translation>
    </message>
    <message>
        <source>now {found}</source>
        <translation>şu an: {found}</translation>
    </message>
    <message>
        <source>Met</source>
        <translation>Sağlandı</translation>
    </message>
    <message>
        <source>Missing</source>
        <translation>Eksik</translation>
    </message>
</context>
<context>
    <name>_EntryDelegate</name>
    <message>
        <source>not sure</source>
        <translation>emin değil</translation>
    </message>
    <message>
        <source>{share} of the picture</source>
        <translation>görüntüdeki payı {share}</translation>
    </message>
    <message>
        <source>{count} objects</source>
        <translation>{count} nesne</translation>
    </message>
</context>
<context>
    <name>_FindingCard</name>
    <message>
        <source>Rewind</source>
        <translation>Geri dön</translation>
    </message>
    <message>
        <source>Apply the remedy</source>
        <translation>Çözümü uygula</translation>
    </message>
    <message>
        <source>Found before the experiment was saved.</source>
        <translation>Deney kaydedilmeden önce bulunmuştu.</translation>
    </message>
    <message>
        <source>Rewind to {epoch}</source>
        <translation>{epoch}. epoka dön</translation>
    </message>
    <message>
        <source>Show the weights of that epoch</source>
        <translation>O epokun ağırlıklarını göster</translation>
    </message>
</context>
<context>
    <name>_SampleList</name>
    <message>
        <source>learned from</source>
        <translation>öğrenmede kullanılıyor</translation>
    </message>
    <message>
        <source>left out of training</source>
        <translation>eğitim dışında</translation>
    </message>
    <message>
        <source>held out to test with</source>
        <translation>doğrulama için ayrıldı</translation>
    </message>
</context>
<context>
    <name>_Surface</name>
    <message>
        <source>The loss lies between {low} and {high} here.</source>
        <translation>Kayıp burada {low} ile {high} arasında.</translation>
    </message>
    <message>
        <source>The path leads from {first} at the start to {last} at {end}.</source>
        <translation>Yol, başlangıçtaki {first} değerinden {last} değerine gidiyor ({end}).</translation>
    </message>
</context>
</TS>
